"""A comparison as tables and notes of a report.

The rule: where values agree the tables say within what, not by how much. The digits below the tolerance are rounding
and differ between machines; a report should not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from livereview import Array, Column, Table, Value
from livereview_concordance.answers import Answer
from livereview_concordance.comparison import Compared
from livereview_concordance.quantities import BY_DIFFERENCES, CLOSED, ITERATED, Numbers, Quantity

AGREES, EXPLAINED, UNEXPLAINED = "agrees", "gap explained", "gap unexplained"
SCALE = (
    "On the scale of the analysis. Of a quantity with one value per study the largest difference is given. Differences "
    "are relative to the larger value, or, where both are smaller, to the standard error (effects and limits), the "
    "typical variance (τ²), 1 (tests and I²), 0.01 (weights) or 0.001 (P)."
)
TOLERANCES = (
    f"Values agree within {CLOSED:.0e} where a formula gives them and within {ITERATED:.0e} where an iteration does, "
    "since programs end an iteration at different points."
)
DEPENDS = (
    "These tables depend on the programs named above too: other versions, or their absence, change them and nothing "
    "else in the report."
)
MIXED = (
    f"Standard errors of mixed models, and what rests on them, agree within {BY_DIFFERENCES:.0e}: the other programs "
    "take second derivatives by differences."
)
CAUTION = (
    "Caution: {gaps} that no known difference between the programs explains. Look at {it} before using the result."
)


def concordance_tables(
    quantities: Sequence[Quantity], own: Numbers, answers: Sequence[Answer], rows: Sequence[Compared]
) -> tuple[Table, ...]:
    """The agreement of every quantity, and the gaps; no table where no program answered."""
    if not rows:
        return ()
    gaps = tuple(_gap_rows(rows))
    mixed = [MIXED] if any(row.tolerance == BY_DIFFERENCES for row in rows) else []
    tables = [
        Table(
            title=f"livereview beside {' and '.join(answer.version for answer in answers)}",
            columns=(
                Column(name="Quantity", kind="text"),
                Column(name="livereview"),
                *(Column(name=answer.engine) for answer in answers),
                Column(name="Largest relative difference", kind="text"),
                Column(name="Agreement", kind="text"),
            ),
            rows=tuple(_rows(quantities, own, answers, rows)),
            notes=(SCALE, TOLERANCES, *mixed, DEPENDS),
        )
    ]
    if gaps:
        tables.append(
            Table(
                title="Gaps",
                columns=(
                    Column(name="Program", kind="text"),
                    Column(name="Quantities", kind="text"),
                    Column(name="Largest relative difference", kind="text"),
                    Column(name="Explanation", kind="text"),
                ),
                rows=gaps,
                notes=("An explanation is a choice that was switched in one program, after which both agree.",),
            )
        )
    return tuple(tables)


def _rows(
    quantities: Sequence[Quantity], own: Numbers, answers: Sequence[Answer], rows: Sequence[Compared]
) -> Iterator[tuple[Value, ...]]:
    for quantity in quantities:
        found = {row.engine: row for row in rows if row.quantity.key == quantity.key}
        if found:
            whole = quantity.key == "studies"
            theirs = [_number(found[a.engine].theirs, whole) if a.engine in found else None for a in answers]
            ours = _number(own[quantity.key], whole)
            yield (quantity.title, ours, *theirs, _worst(found.values()), verdict(found.values()))


def _number(values: Array, whole: bool = False) -> float | int | None:
    """A single number; None for one value per study."""
    if np.ndim(values):
        return None
    number = float(values)
    return int(number) if whole and number.is_integer() else number


def verdict(rows: Iterable[Compared]) -> str:
    """Of one quantity: whether all programs agree, and if not, whether every gap is explained."""
    gaps = [row for row in rows if not row.agrees]
    if not gaps:
        return AGREES
    return UNEXPLAINED if any(row.unexplained for row in gaps) else EXPLAINED


def _worst(rows: Iterable[Compared]) -> str:
    worst = max(rows, key=lambda row: row.difference / row.tolerance)
    return f"≤ {worst.tolerance:.0e}" if worst.agrees else _size(worst.difference)


def _size(difference: float) -> str:
    return f"{difference:.1e}" if np.isfinite(difference) else "no number in one"


def _gap_rows(rows: Sequence[Compared]) -> Iterator[tuple[Value, ...]]:
    """One row for each program and explanation, with the quantities it explains."""
    groups: dict[tuple[str, str], list[Compared]] = {}
    for row in rows:
        if not row.agrees:
            groups.setdefault((row.engine, row.explanation), []).append(row)
    for (engine, explained), group in groups.items():
        titles = ", ".join(row.quantity.title for row in group)
        yield engine, titles, _size(max(row.difference for row in group)), explained or "unexplained"


def notes(
    quantities: Sequence[Quantity],
    own: Numbers,
    answers: Sequence[Answer],
    absent: Sequence[str],
    rows: Sequence[Compared],
) -> tuple[str, ...]:
    """What the comparison came to, and what was not compared, with the reason."""
    found: list[str] = []
    for answer in answers:
        theirs = [row for row in rows if row.engine == answer.engine]
        found += [_summary(answer, theirs)] if theirs else []
    for engine in dict.fromkeys(row.engine for row in rows if row.unexplained):
        gaps = [row.quantity.title for row in rows if row.engine == engine and row.unexplained]
        said = f"gaps to {engine} ({', '.join(gaps)})" if len(gaps) > 1 else f"a gap to {engine} ({gaps[0]})"
        found.append(CAUTION.format(gaps=said, it="them" if len(gaps) > 1 else "it"))
    found += absent
    for answer in answers:
        found += _not_compared(quantities, own, answer)
        found += answer.remarks
    return tuple(found)


def _summary(answer: Answer, rows: Sequence[Compared]) -> str:
    agreeing = sum(row.agrees for row in rows)
    unexplained = sum(row.unexplained for row in rows)
    gaps = len(rows) - agreeing
    said = f"{agreeing} of {len(rows)} quantities agree with {answer.version}"
    if not gaps:
        return f"{said}."
    return f"{said}; {gaps - unexplained} of {gaps} gaps {'is' if gaps == 1 else 'are'} explained."


def _not_compared(quantities: Sequence[Quantity], own: Numbers, answer: Answer) -> Iterator[str]:
    """One note for each reason, with the quantities it applies to."""
    reasons: dict[str, list[str]] = {}
    for quantity in quantities:
        key = quantity.key
        if key in own and key in answer.missing:
            reasons.setdefault(answer.missing[key], []).append(quantity.title)
        elif key in own and key not in answer.numbers:
            reasons.setdefault(f"{answer.engine} gives none here", []).append(quantity.title)
        elif key in answer.numbers and key not in own:
            reasons.setdefault("livereview has none here", []).append(quantity.title)
    for reason, titles in reasons.items():
        yield f"Not compared with {answer.engine}: {', '.join(titles)} ({reason})."
