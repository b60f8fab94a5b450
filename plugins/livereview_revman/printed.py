"""The pooled results that a review printed, as rows of the table ``published``; numbers that cannot be are left empty.

RevMan has printed a heterogeneity P below 0; an empty cell with the printed number beside it is the truth about it.
"""

from __future__ import annotations

from collections.abc import Callable

from livereview import Cell
from livereview_revman import cells, one_arm
from livereview_revman.evidence import Rows, report_id
from livereview_revman.review import Analysis, Printed, Review

_COLUMNS = (
    "report_id", "outcome", "title", "subgroup_by", "subgroup", "measure", "model", "k", "events", "n", "estimate",
    "ci_low", "ci_high", "ci_level", "prediction_low", "prediction_high", "statistic", "p_value", "tau2", "q", "df",
    "q_p", "i2", "locator", "note",
)  # fmt: skip
#: What a printed number must be, and in words.
_POSSIBLE: dict[str, tuple[Callable[[float], bool], str]] = {
    "p": (lambda value: 0 < value <= 1, "a P is above 0 and at most 1"),
    "q_p": (lambda value: 0 < value <= 1, "a P is above 0 and at most 1"),
    "q": (lambda value: value >= 0, "Chi² is at least 0"),
    "df": (lambda value: 0 <= value <= 1e9, "degrees of freedom are at least 0, and fewer than people"),
    "tau2": (lambda value: value >= 0, "Tau² is at least 0"),
    "i2": (lambda value: 0 <= value <= 100, "I² is 0 to 100%"),
}
_NAMES = {"p": "P of the effect", "q_p": "P of heterogeneity", "q": "Chi²", "df": "df", "tau2": "Tau²", "i2": "I²"}
_METHODS = {"MH": "mantel-haenszel", "IV": "inverse-variance", "PETO": "peto"}


def published(review: Review) -> Rows:
    """A row for each result, of an analysis or of a subgroup. What cannot be is added to ``review.left_out``."""
    rows = Rows("published", _COLUMNS)
    for analysis in review.analyses.values():
        seen: set[str] = set()
        for printed in analysis.printed:
            if printed.subgroup in seen:
                part = f", {printed.subgroup}" if printed.subgroup else ""
                message, remedy = f"analysis {analysis.key}{part}: a second result", "Keep the one that holds."
                review.leave_out(printed.place, message, remedy, repr(printed.estimate))
                continue
            seen.add(printed.subgroup)
            rows.add(printed.place, **_row(review, analysis, printed))
    return rows


def model_of(analysis: Analysis) -> str:
    """How the review pooled, in one line: ``common-effect mantel-haenszel``, ``random-effects DL mantel-haenszel``."""
    method = _METHODS.get(analysis.method, "")
    if analysis.random is None:
        return method
    if not analysis.random:
        return f"common-effect {method}".strip()
    around = "" if method == "inverse-variance" else method
    interval = "" if analysis.interval.lower() in ("", "wald") else analysis.interval
    return " ".join(part for part in ("random-effects", analysis.estimator, around, interval) if part)


def _row(review: Review, analysis: Analysis, printed: Printed) -> dict[str, Cell]:
    printed, measure, note = one_arm.probability_of(analysis, printed)
    numbers, notes = _possible(review, analysis, printed)
    notes += [note] if note else []
    if analysis.swapped:
        notes.append("of people without the event")
    estimated = numbers["estimate"] is not None
    k = int(numbers["df"]) + 1 if estimated and numbers["df"] is not None else None
    return {
        "report_id": report_id(review), "outcome": analysis.code, "title": analysis.name or None,
        "subgroup_by": "subgroup" if printed.subgroup else None, "subgroup": printed.subgroup or None,
        "measure": measure or "not-stated", "model": model_of(analysis) or None, "k": k,
        "events": _count(printed.events), "n": _count(printed.n),
        "estimate": numbers["estimate"], "ci_low": numbers["ci_low"], "ci_high": numbers["ci_high"],
        "ci_level": analysis.level, "prediction_low": numbers["prediction_low"],
        "prediction_high": numbers["prediction_high"], "statistic": printed.statistic, "p_value": numbers["p"],
        "tau2": numbers["tau2"], "q": numbers["q"], "df": numbers["df"], "q_p": numbers["q_p"], "i2": numbers["i2"],
        "locator": f"{printed.place.words}, analysis {analysis.key}", "note": "; ".join(notes) or None,
    }  # fmt: skip


def _count(value: float | None) -> int | None:
    return int(value) if value is not None and 0 <= value <= 1e10 and value == int(value) else None


def _possible(review: Review, analysis: Analysis, printed: Printed) -> tuple[dict[str, float | None], list[str]]:
    """The numbers that can be, and notes on the others."""
    names = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high", *_POSSIBLE)
    numbers: dict[str, float | None] = {name: getattr(printed, name) for name in names}
    notes = [printed.note] if printed.note else []
    where = f"analysis {analysis.key}{f', {printed.subgroup}' if printed.subgroup else ''}"

    def empty(name: str, said: str, value: float) -> None:
        numbers[name] = None
        notes.append(f"{said}: {value!r} was printed, and is left empty")
        remedy = "Nothing needs to be done: the number is noted beside the result."
        review.leave_out(printed.place, f"{where}: {said}", remedy, repr(value))

    for name, (can_be, rule) in _POSSIBLE.items():
        value = numbers[name]
        if value is not None and not can_be(value):
            empty(name, f"{_NAMES[name]}: {rule}", value)
    if numbers["df"] == 0 and numbers["i2"]:
        empty("i2", "I² of one study", numbers["i2"])
    if analysis.measure in cells.RATIOS:
        for name in ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high"):
            value = numbers[name]
            if value is not None and value <= 0:
                empty(name, f"{name.replace('_', ' ')}: a ratio is above 0", value)
    estimate, low, high = numbers["estimate"], numbers["ci_low"], numbers["ci_high"]
    if estimate is not None and low is not None and high is not None and not low <= estimate <= high:
        for name in ("estimate", "ci_low", "ci_high"):
            empty(name, f"the estimate is not within its limits ({low!r} to {high!r})", numbers[name] or 0.0)
    return numbers, notes
