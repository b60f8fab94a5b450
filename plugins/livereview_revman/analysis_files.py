"""The analysis files of a data package: rows of data, overall results with settings, results of subgroups.

Columns are found by name, so that every generation of the files is read alike. Which numbers of a row apply is decided
by the data type of its analysis: older files write 0 for all that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from livereview_revman import cells
from livereview_revman.data_types import on_log_scale, told_by_rows
from livereview_revman.delimited import Sheet
from livereview_revman.review import Analysis, DataType, Entry, Place, Printed, Review

_NUMBERS = {
    "giv mean": "contrast", "giv se": "contrast_se",
    "experimental mean": "mean_1", "experimental sd": "sd_1",
    "experimental cases": "events_1", "experimental n": "n_1",
    "control mean": "mean_2", "control sd": "sd_2", "control cases": "events_2", "control n": "n_2",
    "o-e": "o_minus_e", "variance": "variance", "weight": "weight",
    "mean": "effect", "ci start": "ci_low", "ci end": "ci_high",
}  # fmt: skip
_APPLY: Mapping[DataType, tuple[str, ...]] = {
    "counts": ("events_1", "n_1", "events_2", "n_2"),
    "means": ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2"),
    "contrast": ("contrast", "contrast_se", "n_1", "n_2"),
    "log-rank": ("o_minus_e", "variance", "events_1", "n_1", "events_2", "n_2"),
    "unknown": (),
}
_ENTERED = tuple(dict.fromkeys(name for names in _APPLY.values() for name in names))
_RESULTS = {
    "mean": "estimate", "ci start": "ci_low", "ci end": "ci_high",
    "pi start": "prediction_low", "pi end": "prediction_high",
    "heterogeneity tau²": "tau2", "heterogeneity chi²": "q", "heterogeneity df": "df", "heterogeneity p": "q_p",
    "heterogeneity i²": "i2", "effect p": "p",
}  # fmt: skip
_TEST = ("subgroup chi²", "subgroup df", "subgroup p", "subgroup i²")


def read_rows(sheet: Sheet, review: Review) -> None:
    """Add the rows of a ``-data-rows.csv`` file, each to its analysis."""
    for place, row in sheet.rows:
        label = cells.label(row.get("study"))
        if not label:
            review.leave_out(place, "the row names no study", "Name the study in the file, or leave the row out.")
            continue
        analysis = _analysis(review, row)
        review.study(label, place, cells.study_year(row.get("study year")))
        numbers = numbers_of(row, _NUMBERS, place, review)
        applies = cells.words(row.get("applicability")).upper()
        subgroup = _subgroup(row, analysis)
        analysis.entries.append(
            Entry(
                study=label, place=place, subgroup=subgroup, note=cells.prose(row.get("footnotes")),
                counts_overall="OVERALL" in applies or not applies,
                counts_in_subgroup="SUBGROUP" in applies or not applies, **numbers,
            )
        )  # fmt: skip
        if not review.doi and row.get("review_doi"):
            review.doi = cells.words(row["review_doi"])


def read_overall(sheet: Sheet, review: Review) -> None:
    """Add settings and overall results of an ``-overall-estimates-and-settings.csv`` file."""
    for place, row in sheet.rows:
        analysis = _analysis(review, row)
        analysis.settings = True
        analysis.group_name = cells.words(row.get("analysis group name"))
        analysis.data_type = data_type(row.get("data type"))
        analysis.measure = cells.measure(row.get("effect measure"))
        analysis.method = cells.method(row.get("statistical method"))
        model = cells.words(row.get("analysis model")).lower()
        analysis.random = None if not model else model.startswith("random")
        estimator = cells.words(row.get("heterogeneity estimator")).upper()
        analysis.estimator = (estimator or "DL") if analysis.random else ""
        analysis.interval = cells.words(row.get("ci method"))
        analysis.log_scale = cells.yes(row.get("log-scale data"))
        level = cells.level(row.get("ci/pi level") or row.get("estimate ci"))
        analysis.level = level or 0.95
        analysis.study_level = cells.level(row.get("study ci")) or analysis.level
        analysis.label_1 = _arm(row.get("experimental group label"), row.get("experimental intervention"))
        analysis.label_2 = _arm(row.get("control group label"), row.get("control intervention"))
        analysis.left = cells.words(row.get("graph label (left)"))
        analysis.right = cells.words(row.get("graph label (right)"))
        analysis.unit = cells.words(row.get("unit of effect measure"))
        analysis.swapped = bool(cells.yes(row.get("swap event and non-event")))
        analysis.totals = cells.yes(row.get("overall estimates")) is not False
        analysis.subtotals = cells.yes(row.get("subgroup estimates")) is not False
        _add_result(analysis, row, place, review, "")


def read_subgroups(sheet: Sheet, review: Review) -> None:
    """Add the results of a ``-subgroup-estimates.csv`` file."""
    for place, row in sheet.rows:
        analysis = _analysis(review, row)
        _add_result(analysis, row, place, review, _subgroup(row, analysis))


def settle(review: Review) -> None:
    """Decide for each analysis what its numbers are, and keep of each row those that apply."""
    for analysis in review.analyses.values():
        if analysis.data_type == "unknown":
            analysis.data_type = told_by_rows(analysis.entries)
        unused = set(_ENTERED) - set(_APPLY[analysis.data_type])
        if analysis.data_type == "contrast" and analysis.log_scale is None:
            analysis.log_scale = on_log_scale(analysis.entries)
        analysis.entries = [_without(entry, unused) for entry in analysis.entries]


def _without(entry: Entry, names: Iterable[str]) -> Entry:
    nothing: dict[str, Any] = dict.fromkeys(names)
    return replace(entry, **nothing)


def data_type(text: str | None) -> DataType:
    """The data type that the settings name."""
    plain = cells.words(text).lower()
    if plain.startswith("dich"):
        return "counts"
    if plain.startswith("cont") and not plain.startswith("contrast"):
        return "means"
    if plain.startswith(("contrast", "generic", "giv", "inverse")):
        return "contrast"
    return "log-rank" if plain.startswith(("o-e", "o - e", "o–e", "o−e", "observed", "ipd", "indiv")) else "unknown"


def numbers_of(row: Mapping[str, str], names: Mapping[str, str], place: Place, review: Review) -> dict[str, Any]:
    """The numbers of a row (floats or None) under our names; text in place of one is named and left empty."""
    found: dict[str, Any] = {}
    for column, name in names.items():
        try:
            found[name] = cells.number(row.get(column))
        except ValueError as error:
            message, remedy = "this is no number, and is left empty", "Correct it in the file if it is known."
            review.leave_out(place, message, remedy, str(error)[:80], column)
            found[name] = None
    return found


def _analysis(review: Review, row: Mapping[str, str]) -> Analysis:
    group, number = (cells.words(row.get(name)).removesuffix(".0") for name in ("analysis group", "analysis number"))
    key = (cells.slug(group) if group else "0", cells.slug(number) if number else "0")
    found = review.analyses.setdefault(key, Analysis(group=key[0], number=key[1], name=""))
    found.name = found.name or cells.words(row.get("analysis name"))
    return found


def _subgroup(row: Mapping[str, str], analysis: Analysis) -> str:
    """Name of the subgroup; with its number where the file has two of one name."""
    name, number = cells.named(row.get("subgroup")), cells.words(row.get("subgroup number")).removesuffix(".0")
    if not name and not number:
        return ""
    name = name or f"Subgroup {number}"
    if analysis.subgroup_numbers.setdefault(name, number) not in ("", number) and number:
        return f"{name} [{number}]"
    return name


def _arm(label: str | None, intervention: str | None) -> str:
    """The name of an arm; ``[Not identical]`` and the like say that there is no one name."""
    for text in (label, intervention):
        name = cells.named(text)
        if name and not name.startswith("["):
            return name
    return ""


def _add_result(analysis: Analysis, row: Mapping[str, str], place: Place, review: Review, subgroup: str) -> None:
    both = {f"{side} {what}": f"{side} {what}" for side in ("experimental", "control") for what in ("cases", "n")}
    wanted = {**_RESULTS, **both, "effect z": "z", "effect t": "t", **{name: name for name in _TEST}}
    found = numbers_of(row, wanted, place, review)
    sums = {what: total(found.pop(f"experimental {what}"), found.pop(f"control {what}")) for what in ("cases", "n")}
    z, t = found.pop("z"), found.pop("t")
    test = {name: found.pop(name) for name in _TEST}
    if all(value is None for name, value in found.items() if name != "df") and sums["n"] is None:
        return
    events = sums["cases"] if analysis.data_type in ("counts", "log-rank", "unknown") else None
    if analysis.data_type != "counts" and not events:
        events = None
    notes = [subgroup_test(*test.values())]
    if t is not None:
        notes.append("the statistic is t")
    printed = Printed(
        place=place, subgroup=subgroup, events=events, n=sums["n"], statistic=t if t is not None else z,
        note="; ".join(note for note in notes if note), **found,
    )  # fmt: skip
    analysis.printed.append(computed(printed, analysis, review))


def total(first: float | None, second: float | None) -> float | None:
    """The sum of both arms, None where one is not stated."""
    return None if first is None or second is None else first + second


def computed(printed: Printed, analysis: Analysis, review: Review) -> Printed:
    """The result without the zeros of a file in which nothing was computed: estimate and limits that are all 0."""
    if printed.estimate == 0 and printed.ci_low == 0 and printed.ci_high == 0:
        review.leave_out(
            printed.place,
            f"analysis {analysis.key}{f', {printed.subgroup}' if printed.subgroup else ''}: estimate and both limits "
            "are 0, so nothing was computed in this file",
            "Its data are read and can be pooled; there is no printed result to compare with.",
        )
        return Printed(place=printed.place, subgroup=printed.subgroup, events=printed.events, n=printed.n)
    return printed


def subgroup_test(chi2: float | None, df: float | None, p: float | None, i2: float | None) -> str:
    """The test of subgroup differences in words, as printed; empty where there is none."""
    if chi2 is None or not df:
        return ""
    rest = "" if p is None else f", P = {p!r}"
    return f"test of subgroup differences: Chi² = {chi2!r}, df = {df:g}{rest}{'' if i2 is None else f', I² = {i2!r}%'}"
