"""The data package of RevMan as a zip: the same report gives the same bytes.

Every name in the archive is made of the review's id; nothing that a review says becomes a file name. What RevMan cannot
hold is named in README.txt, with the reason.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace

from livereview import Report
from livereview.spreadsheet import Record
from livereview_handover import layout
from livereview_handover.analyses import Analyses, analyses_of
from livereview_handover.bias import Bias, bias_of
from livereview_handover.cells import name, table
from livereview_handover.entries import SCREENED_OUT, Entry, Lists, lists_of
from livereview_handover.lists import trial_entry
from livereview_handover.numbers import data_rows, overall, subgroup
from livereview_handover.readme import told
from livereview_handover.ris import as_author, ris
from livereview_handover.studies import (
    awaiting_information,
    excluded_information,
    ongoing_information,
    study_arms,
    study_information,
    study_results,
)

#: Every file of the archive has it: a time of its own would change the bytes.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def packed(report: Report, review: str) -> bytes:
    """The archive; ``review`` names its files."""
    return zipped(files(report, review))


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Files as an archive, sorted by name, without a time or a user."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(contents):
            entry = zipfile.ZipInfo(path, date_time=_LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[path], compresslevel=9)
    return out.getvalue()


def files(report: Report, review: str) -> dict[str, bytes]:
    """The files of the package by path."""
    lists = lists_of(report)
    names = {study_id: name(label) for study_id, label in lists.names.items()}
    analyses, bias = analyses_of(report), bias_of(report, names)
    found = {f"{review}-analysis-data/{review}-{key}": value for key, value in _analysis(analyses, bias, names)}
    found |= {f"{review}-study-data/{review}-{key}": value for key, value in _studies(report, lists, bias, names)}
    found["README.txt"] = told(report, analyses, bias).encode()
    return found


def _analysis(analyses: Analyses, bias: Bias, names: Mapping[str, str]) -> Iterable[tuple[str, bytes]]:
    rows: list[Record] = []
    settings: list[Record] = []
    groups: list[Record] = []
    for analysis in analyses.listed:
        own = data_rows(analysis, names)
        judged = [bias.of(study) for _, study in analysis.rows()]
        rows += ({**row, **judgements} for row, judgements in zip(own, judged, strict=True))
        settings.append(overall(analysis, own, any(judged)))
        if analysis.subtotals:
            groups += (subgroup(analysis, group, own) for group in analysis.groups)
    yield "data-rows.csv", table((*layout.DATA_ROWS, *bias.columns_of_rows()), rows)
    yield "overall-estimates-and-settings.csv", table(layout.OVERALL, settings)
    yield "subgroup-estimates.csv", table(layout.SUBGROUPS, groups)


def _studies(report: Report, lists: Lists, bias: Bias, names: Mapping[str, str]) -> Iterable[tuple[str, bytes]]:
    excluded = _named((entry for entry in lists.excluded if entry.stage not in SCREENED_OUT), names)
    awaiting = _named(lists.awaiting, names)
    ongoing = [replace(trial_entry(trial), name=name(trial.registry_id)) for trial in lists.ongoing]
    yield "study-information.csv", table(layout.STUDY_INFORMATION, study_information(report, lists, names))
    yield "study-arms.csv", table(layout.STUDY_ARMS, study_arms(report, names))
    yield "study-results.csv", table(layout.STUDY_RESULTS, study_results(report, names))
    if bias.table:
        yield "risk-of-bias.csv", table(bias.columns, bias.table)
    information = {
        "excluded": (layout.EXCLUDED_INFORMATION, excluded_information(excluded)),
        "awaiting": (layout.STUDY_INFORMATION, awaiting_information(awaiting)),
        "ongoing": (layout.ONGOING_INFORMATION, ongoing_information(lists.ongoing)),
    }
    for key, (columns, cells) in information.items():
        rows = list(cells)
        if rows:
            yield f"{key}-study-information.csv", table(columns, rows)
    listed = {"included": _named(lists.included, names), "excluded": excluded, "awaiting": awaiting, "ongoing": ongoing}
    for key, entries in listed.items():
        if entries:
            yield f"{key}.ris", ris(entries)


def _named(entries: Iterable[Entry], names: Mapping[str, str]) -> list[Entry]:
    """Entries with a name for each: that of the study, else first author and year, as RevMan names studies, with the
    record's id behind it where another has the same."""
    listed = list(entries)
    taken = {label.casefold() for label in names.values()}
    found = []
    for entry in listed:
        label = names.get(entry.study_id) or name(entry.name or _author_and_year(entry))
        if entry.study_id not in names:
            if label.casefold() in taken:
                label = f"{label} [{name(entry.reference.record_id)}]"
            taken.add(label.casefold())
        found.append(replace(entry, name=label))
    return found


def _author_and_year(entry: Entry) -> str:
    reference = entry.reference
    if not reference.authors:
        return reference.record_id
    family = as_author(reference.authors[0]).partition(",")[0]
    return f"{family} {reference.year}" if reference.year else family
