"""The CSV file that RevMan 5 writes by "Export analysis data": 37 columns, results before the rows that they are of."""

from __future__ import annotations

from livereview_revman import cells
from livereview_revman.analysis_files import computed, numbers_of, subgroup_test, total
from livereview_revman.delimited import Sheet
from livereview_revman.review import Analysis, DataType, Entry, Place, Printed, Review

_TYPES: dict[str, DataType] = {
    "DIC": "counts", "CON": "means", "IV": "contrast", "GIV": "contrast", "IPD": "log-rank", "OTH": "unknown",
}  # fmt: skip
_COUNTS = {"events 1": "events_1", "total 1": "n_1", "events 2": "events_2", "total 2": "n_2"}
_MEANS = {
    "mean 1": "mean_1", "sd 1": "sd_1", "total 1": "n_1", "mean 2": "mean_2", "sd 2": "sd_2", "total 2": "n_2",
}  # fmt: skip
_EFFECT = {"effect estimate": "effect", "ci start": "ci_low", "ci end": "ci_high", "weight": "weight"}
_RESULTS = {
    "effect estimate": "estimate", "ci start": "ci_low", "ci end": "ci_high", "q": "q", "p(q)": "q_p",
    "i²(q)": "i2", "tau²": "tau2", "z": "statistic", "p(z)": "p", "df": "df",
}  # fmt: skip


def read(sheet: Sheet, review: Review) -> None:
    """Add what the file holds. The first row of an outcome, or of a subgroup, is its result; the rows of studies below
    do not name the data type."""
    names: dict[str, str] = {}
    seen: set[tuple[str, str, str]] = set()
    for place, row in sheet.rows:
        group, number, part = (
            cells.words(row.get(f"{what} number")) or "0" for what in ("comparison", "outcome", "subgroup")
        )
        name = cells.label(row.get("name"))
        if number == "0":
            names[group] = name
            continue
        key = (cells.slug(group), cells.slug(number))
        analysis = review.analyses.setdefault(key, Analysis(group=key[0], number=key[1], name=name))
        analysis.group_name = names.get(group, "")
        where = (group, number, part)
        if where in seen:
            _add_entry(analysis, row, place, review, analysis.subgroup_numbers.get(part, ""))
            continue
        seen.add(where)
        if part == "0":
            _set(analysis, row)
        else:
            analysis.subgroup_numbers[part] = name or f"Subgroup {part}"
        _add_result(analysis, row, place, review, analysis.subgroup_numbers.get(part, ""))


def _set(analysis: Analysis, row: dict[str, str]) -> None:
    analysis.settings = True
    analysis.data_type = _TYPES.get(cells.words(row.get("data type")).upper(), "unknown")
    analysis.measure = cells.measure(row.get("effect measure"))
    analysis.method = cells.method(row.get("statistical method"))
    analysis.random = cells.words(row.get("analysis model")).lower().startswith("random")
    analysis.estimator = "DL" if analysis.random else ""
    analysis.label_1, analysis.label_2 = (cells.words(row.get(f"group label {side}")) for side in (1, 2))
    analysis.left, analysis.right = (cells.words(row.get(f"{side} graph label")) for side in ("left", "right"))


def _add_result(analysis: Analysis, row: dict[str, str], place: Place, review: Review, subgroup: str) -> None:
    sides = {f"{what} {side}": f"{what}{side}" for what in ("events", "total") for side in (1, 2)}
    test = {"qint": "chi2", "p(qint)": "p_between", "i²(qint)": "i2_between"}
    found = numbers_of(row, {**_RESULTS, **sides, **test}, place, review)
    events = total(found.pop("events1"), found.pop("events2"))
    n = total(found.pop("total1"), found.pop("total2"))
    between = [found.pop(name) for name in test.values()]
    if found["estimate"] is None:
        return
    note = subgroup_test(between[0], 1.0, *between[1:]).replace(", df = 1", "") if between[0] else ""
    printed = Printed(
        place=place,
        subgroup=subgroup,
        n=n,
        note=note,
        events=events if analysis.data_type == "counts" else None,
        **found,
    )
    analysis.printed.append(computed(printed, analysis, review))


def _add_entry(analysis: Analysis, row: dict[str, str], place: Place, review: Review, subgroup: str) -> None:
    label = cells.label(row.get("name"))
    if not label:
        review.leave_out(place, "the row names no study", "Name the study in the file, or leave the row out.")
        return
    review.study(label, place, cells.study_year(row.get("year of study")))
    if analysis.data_type not in ("counts", "means"):
        message = f"analysis {analysis.key}: this export does not hold the numbers that estimates of studies come from"
        review.leave_out(place, message, "Read the RevMan 5 file itself (.rm5).", label)
        return
    columns = {**(_COUNTS if analysis.data_type == "counts" else _MEANS), **_EFFECT}
    numbers = numbers_of(row, columns, place, review)
    analysis.entries.append(Entry(study=label, place=place, subgroup=subgroup, **numbers))
