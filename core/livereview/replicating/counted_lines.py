"""Printed numbers that are no pools: percentages of counts, comparisons of two counts, numbers of patients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from livereview.pairing import Row
from livereview.printing import plain, significant
from livereview.replicated import PrintedNumber, PrintedPart, Replicability, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.digits import INTERVAL, Printed, printed_numbers, rounded
from livereview.replicating.members import members
from livereview.replicating.misprints import misprints, off_centre
from livereview.replicating.titles import title_of

_SHARE = ("estimate", "events", "n")


def line_of(row: Row, part: PrintedPart, verdict: Replicability, numbers: Iterable[PrintedNumber], **more: Any
            ) -> ReplicatedLine:  # fmt: skip
    """A line about a published row."""
    own = {"outcome": row["outcome"], "title": title_of(row)}
    return ReplicatedLine(
        report_id=row["report_id"], locator=row["locator"], part=part, verdict=verdict, numbers=tuple(numbers),
        **{**own, **more},
    )  # fmt: skip


def compared(number: Printed, value: float | None, note: str = "") -> PrintedNumber:
    """A printed number beside the recomputed one; None = nothing to hold it against."""
    agrees = None if value is None else bool(number.holds(np.asarray(value)))
    return PrintedNumber(name=number.name, printed=number.text, recomputed=value, agrees=agrees, note=note)


def share_line(basis: Basis, row: Row) -> ReplicatedLine:
    """A printed percentage held against its own counts. The counts themselves are in no report that was seen."""
    printed = printed_numbers(row, basis.digits, _SHARE)
    own = _share(row)
    differs = own is not None and not bool(printed["estimate"].holds(np.asarray(own)))
    reasons = misprints(printed, {"estimate": own}) if differs and own is not None else []
    said = f"{row['events']}/{row['n']} is {plain(own)}" if own is not None else "no counts are printed"
    said += "" if differs else ", as printed; the counts themselves cannot be checked"
    numbers = [compared(number, own if name == "estimate" else None) for name, number in printed.items()]
    verdict: Replicability = "contradicts" if differs else "cannot-be-checked"
    return line_of(row, "proportion", verdict, numbers, reasons=(said, *reasons), recipe="share of its own counts")


def _share(row: Row) -> float | None:
    return row["events"] / row["n"] if row["events"] is not None and row["n"] else None


# --- two counts compared ---------------------------------------------------------------------------------------


def comparison_line(basis: Basis, row: Row) -> ReplicatedLine:
    """A P of two counts: those of the row, and those that the publication printed for its own pool of the outcome."""
    printed = printed_numbers(row, basis.digits, (*_SHARE, "p_value"))
    own = _own_counts(basis, row)
    share = _share(row)
    numbers = [compared(printed["estimate"], share)] if "estimate" in printed else []
    if own is None or "p_value" not in printed or share is None:
        reasons = ("the counts that were compared are not printed",)
        return line_of(row, "comparison", "cannot-be-checked", numbers, reasons=reasons)
    tests = p_values(own["events"], own["n"], row["events"], row["n"])
    giving = [name for name, value in tests.items() if bool(printed["p_value"].holds(np.asarray(value)))]
    name = giving[0] if giving else next(iter(tests))
    numbers.append(compared(printed["p_value"], tests[name]))
    counts = f"{own['events']}/{own['n']} v {row['events']}/{row['n']}"
    said = "; ".join(f"{test} P = {significant(value, 2)}" for test, value in tests.items())
    verdict: Replicability = "matches" if giving and all(number.agrees for number in numbers) else "contradicts"
    missed = [f"{said}; no test of the printed counts gives {printed['p_value'].text}"] if not giving else []
    return line_of(row, "comparison", verdict, numbers, recipe=f"{name} of {counts}", reasons=tuple(missed),
                   tried=len(tests), matched=len(giving))  # fmt: skip


def _own_counts(basis: Basis, row: Row) -> Row | None:
    for other in basis.publication.rows:
        if other["outcome"] == row["outcome"] and not other["subgroup"] and other["events"] is not None and other["n"]:
            return other
    return None


def p_values(x1: int, n1: int, x2: int, n2: int) -> Mapping[str, float]:
    """P of a two-by-two table by the tests that programs offer: chi², with Yates's correction, Fisher's exact test.

    chi² = N (|ad - bc| - c)² / (n1 n2 m1 m2), one degree of freedom, c = 0 or N/2 but no more than |ad - bc|. Fisher:
    the sum of hypergeometric probabilities up to that of the table (within 1e-7 of it).
    """
    from scipy import special

    a, b, c, d = x1, n1 - x1, x2, n2 - x2
    total, m1, m2 = n1 + n2, a + c, b + d
    if not (m1 and m2 and n1 and n2):
        return {"chi²": 1.0}
    gap = abs(a * d - b * c)
    statistic = {"chi²": gap, "chi² with continuity correction": max(0.0, gap - total / 2)}
    found = {name: float(special.chdtrc(1, total * size**2 / (n1 * n2 * m1 * m2))) for name, size in statistic.items()}
    each = np.arange(max(0, m1 - n2), min(n1, m1) + 1)
    logs = -sum(special.gammaln(k + 1.0) for k in (each, n1 - each, m1 - each, n2 - m1 + each))
    chances = np.exp(logs - special.logsumexp(logs))
    found["Fisher's exact test"] = float(min(1.0, chances[chances <= chances[each == a] * (1 + 1e-7)].sum()))
    return found


# --- numbers of patients ---------------------------------------------------------------------------------------


def patient_lines(basis: Basis) -> Iterator[ReplicatedLine]:
    """Each number of patients that is printed without events, once: held against the sizes of the studies."""
    seen: set[tuple[object, ...]] = set()
    for row in basis.publication.rows:
        own = (row["n"], row["design_group"])
        if row["n"] is None or row["events"] is not None or row["subgroup"] or row["model"] == "trial" or own in seen:
            continue
        seen.add(own)
        yield _patients(basis, row)


def _patients(basis: Basis, row: Row) -> ReplicatedLine:
    """Arms of the studies add to the printed number of patients, or how far they are from it."""
    general = {**row, "outcome": None, "subgroup": None}
    studies = members(basis.publication, general) or []
    sizes = {name: size for name in studies if (size := _size(basis.studies.get(name))) is not None}
    total, whole = sum(sizes.values()), bool(studies) and len(sizes) == len(studies)
    number = rounded("n", float(row["n"]), 0)
    missing = 0 if row["k"] is None else max(0, int(row["k"]) - len(studies))
    agrees = whole and not missing and total == row["n"]
    verdict: Replicability = "matches" if agrees else "contradicts" if whole and not missing else "cannot-be-checked"
    said = f"{len(studies)} known studies hold {total:,} patients"
    reasons = () if agrees else (said + (f"; {missing} of {row['k']} studies not known" if missing else ""),)
    title = f"patients, {row['design_group']}" if row["design_group"] else "patients"
    return line_of(
        row, "patients", verdict, [compared(number, float(total))], outcome="patients", title=title, reasons=reasons,
        recipe="sum of the arms of the studies",
    )  # fmt: skip


def _size(study: Row | None) -> int | None:
    """Patients of a study in the arms that are compared or pooled."""
    if study is None:
        return None
    arms = [study[name] for name in ("n_arm_experimental", "n_arm_control") if study[name] is not None]
    total = sum(arms) if arms else study["n_total"]
    return None if total is None else int(total)


# --- what no recipe is for -------------------------------------------------------------------------------------


def unstated_line(basis: Basis, row: Row) -> ReplicatedLine:
    """A number of which it is not stated what it measures: only its own arithmetic can be looked at."""
    printed = printed_numbers(row, basis.digits, INTERVAL)
    centre = off_centre(printed, proportion=False)
    numbers = [compared(number, None) for number in printed.values()]
    reason = centre or f"what it measures is not stated: {row['measure']}"
    return line_of(row, "arithmetic", "contradicts" if centre else "cannot-be-checked", numbers, reasons=(reason,))
