"""The audit check ``estimates``: effects, intervals, SE and P against each other and against their arms."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from livereview import AuditCheck, AuditCode, AuditFinding, AuditRequest, Options, Severity
from livereview_arithmetic.comparisons import Comparison, comparisons, differences, is_exact
from livereview_arithmetic.intervals import Mismatch, mismatches
from livereview_arithmetic.precision import imprecise
from livereview_arithmetic.repairs import Repair, explanations, told
from livereview_arithmetic.rows import PROBABILITIES, RATIOS, Row, finding, results, says

#: Words of a note that say that a contrast is not the plain one of its arms.
_MODELLED = (
    "adjust",
    "stratif",
    "multivar",
    "covaria",
    "ancova",
    "weighted",
    "propensity",
    "cluster",
    "paired",
    "crossover",
)
CODES = (
    AuditCode(code="interval-off-centre", severity="warning", title="Estimate is not in the middle of its interval"),
    AuditCode(code="se-differs-from-interval", severity="warning", title="Standard error does not give the interval"),
    AuditCode(code="sd-differs-from-se", severity="warning", title="SD, SE and n do not fit each other"),
    AuditCode(code="p-differs", severity="warning", title="P does not fit estimate and interval"),
    AuditCode(code="effect-differs-from-arms", severity="warning", title="Effect is not that of its arms"),
    AuditCode(code="interval-differs-from-arms", severity="warning", title="Interval is not that of its arms"),
    AuditCode(code="too-precise", severity="warning", title="More precise than so many people can be"),
    AuditCode(code="too-imprecise", severity="note", title="Far less precise than so many people give"),
)
_REMEDY = "Look the numbers up in the report; correct the row, or say in its note how they were computed."


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Everything that does not fit in the rows of results that have an estimate."""
    rows = results(request)
    compared: dict[int, list[Comparison]] = {}
    for comparison in comparisons(rows):
        for row in (comparison.contrast, comparison.arm, comparison.comparator):
            compared.setdefault(id(row), []).append(comparison)
    for row in rows:
        if row.get("estimate") is None:
            continue
        own = [item for item in mismatches(row) if not _explained(item, compared.get(id(row), ()))]
        around = [item for item in compared.get(id(row), ()) if item.contrast is row]
        yield from _of_row(row, own, around)
        for comparison in around:
            yield from _of_comparison(comparison, own)
    yield from imprecise(rows, request.rows("studies"))


def _explained(mismatch: Mismatch, around: Iterable[Comparison]) -> bool:
    """Whether an interval that is off centre is one of its arms that is."""
    return mismatch.code == "interval-off-centre" and any(is_exact(item) for item in around)


def _of_row(row: Row, found: Iterable[Mismatch], around: list[Comparison]) -> Iterator[AuditFinding]:
    """What is wrong within a row, with the single mistakes that explain it: its arms decide between them."""
    for mismatch in found:
        possible = explanations({"contrast": row}, _row_fits)
        if around and len(possible) > 1:
            possible = [item for item in possible if _arms_agree(around[0], item)] or possible
        many_methods = mismatch.code == "interval-off-centre" and row["measure"] in (*PROBABILITIES, "RD")
        severity: Severity | None = "note" if many_methods else None
        yield _told(mismatch, possible, {"contrast": row}, severity)


def _row_fits(rows: Mapping[str, Row]) -> bool:
    return _possible(rows["contrast"]) and not any(True for _ in mismatches(rows["contrast"]))


def _possible(row: Row) -> bool:
    """Whether a row could be recorded: numbers of its measure, in their order."""
    there = [row[name] for name in ("ci_low", "estimate", "ci_high") if row.get(name) is not None]
    lowest, highest = (0.0, 1.0) if row["measure"] in PROBABILITIES else (0.0, math.inf)
    if row["measure"] not in (*PROBABILITIES, *RATIOS):
        lowest, highest = (-1.0, 1.0) if row["measure"] == "RD" else (-math.inf, math.inf)
    return there == sorted(there) and all(lowest <= value <= highest for value in there)


def _arms_agree(comparison: Comparison, repair: Repair) -> bool:
    made = repair.made({"contrast": comparison.contrast})
    return not any(True for _ in differences(Comparison.of({**comparison.rows, **made})))


def _of_comparison(comparison: Comparison, own: list[Mismatch]) -> Iterator[AuditFinding]:
    """What the arms say of a contrast; a note that says that it was modelled explains a difference."""
    if says(comparison.contrast, *_MODELLED):
        return
    for mismatch in differences(comparison):
        within = own and mismatch.code == "interval-differs-from-arms"
        if not within:  # the interval is in question already
            yield _told(mismatch, explanations(comparison.rows, _fit), comparison.rows)


def _fit(rows: Mapping[str, Row]) -> bool:
    found = Comparison.of(rows)
    arms = (rows["arm"], rows["comparator"])
    possible = all(row.get("events") is None or 0 <= row["events"] <= (row.get("n") or 0) for row in arms)
    possible = possible and all(_possible(row) for row in rows.values())
    return possible and not any(True for row in rows.values() for _ in mismatches(row)) and not list(differences(found))


def _told(
    mismatch: Mismatch, possible: list[Repair], rows: Mapping[str, Row], severity: Severity | None = None
) -> AuditFinding:
    """The finding: at the one cell whose change explains it where there is just one, else at the contrast."""
    role, columns, suggestion = "contrast", mismatch.columns, {}
    if len(possible) == 1 and len(possible[0].changes) == 1:
        (changed, values), *_ = possible[0].changes.items()
        if "measure" not in values and all(not isinstance(value, float) or _plain(value) for value in values.values()):
            role, columns, suggestion = changed, tuple(values), dict(values)
    also = [(row, _looked_at(row)) for name, row in rows.items() if name != role]
    message = f"{mismatch.message}{told(possible)}"
    return finding(
        mismatch.code, message, _REMEDY, (rows[role], columns), also, suggestion=suggestion, severity=severity
    )


def _plain(value: float) -> bool:
    """Whether a number can be what a report prints: one with few digits."""
    return float(f"{value:.4g}") == value


def _looked_at(row: Row) -> tuple[str, ...]:
    names = ("events", "n") if row["measure"] == "count" else ("estimate", "ci_low", "ci_high", "sd", "se", "n")
    return tuple(name for name in names if row.get(name) is not None)


ESTIMATES = AuditCheck(
    name="estimates",
    title="Estimates and intervals",
    summary="Estimate, interval, SE and P against each other, and effects against the counts and means of their arms.",
    codes=CODES,
    find=findings,
    references=("Deeks and Higgins 2010, Statistical algorithms in Review Manager 5",),
)
