"""The source ``wide-table``: one row per study, with the column names of metafor (``ai n1i ci n2i``, ``yi vi``, ...).

Effects ``yi`` are taken on metafor's scale: of a ratio its logarithm. Nothing is computed but sums of cells, the ratio
of a logarithm and the root of a variance.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livereview import Cell, Fetched, FetchRequest, PluginError, Problem, RawTable, doi_in, plain_text, pmid_in
from livereview_revman import cells
from livereview_revman.delimited import Sheet, sheet
from livereview_revman.evidence import STATUS, Rows
from livereview_revman.members import Member, members
from livereview_revman.numbers import Refused, arm_numbers, whole
from livereview_revman.options import WideTableOptions
from livereview_revman.review import Analysis, Entry, Place

LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "counts": ("ai", "n1i", "ci", "n2i"),
    "cells": ("ai", "bi", "ci", "di"),
    "means": ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"),
    "effects": ("yi",),
    "proportions": ("xi", "ni"),
}
_UNCERTAINTY = ("vi", "sei")
_LABELS = ("study", "author", "authors", "trial", "label", "studlab", "slab")
_RESULTS = (
    "study_id", "report_id", "outcome", "arm", "comparator", "measure", "events", "n", "estimate", "se", "sd",
    "locator", "status", "variant", "note",
)  # fmt: skip
_AS_ENTRY = {
    "ai": "events_1", "n1i": "n_1", "ci": "events_2", "n2i": "n_2",
    "m1i": "mean_1", "sd1i": "sd_1", "m2i": "mean_2", "sd2i": "sd_2",
}  # fmt: skip


@dataclass
class _Table:
    """The sheet with the columns that the options give it."""

    found: Sheet
    columns: Mapping[str, str]
    """Name in a layout = column of the file, in lower case."""
    layout: str
    left_out: list[Problem] = field(default_factory=list)

    def number(self, row: Mapping[str, str], name: str) -> float | None:
        """The number in a cell; Refused where something else stands there."""
        try:
            return cells.number(row.get(self.columns[name]))
        except ValueError as error:
            column = self.found.titles[self.columns[name]]
            raise Refused(f'in the column "{column}" stands no number', "Correct the cell.", str(error)[:80]) from None


def fetch(request: FetchRequest, options: WideTableOptions) -> Fetched:
    """Studies, the report, and the results of every row; a row whose numbers cannot be is left out by name."""
    found = members(request.folder, (options.path,), options.max_megabytes)
    if found.problems:
        return Fetched(problems=tuple(found.problems), inputs=found.inputs)
    if len(found.members) != 1:
        raise PluginError(f"{options.path}: a wide table is one CSV file; there are {len(found.members)} files")
    opened = _opened(found.members[0], options)
    if isinstance(opened, Problem):
        return Fetched(problems=(opened,), inputs=found.inputs)
    tables = _tables(opened, options)
    rows = len(opened.found.rows)
    note = f"{opened.found.place}: {rows} {'row' if rows == 1 else 'rows'} in the layout {opened.layout}."
    return Fetched(tables=tables, inputs=found.inputs, left_out=tuple(opened.left_out), notes=(note,))


def _opened(member: Member, options: WideTableOptions) -> _Table | Problem:
    """The table with its layout, or what is wrong with its columns."""
    head = member.content[:4096].split(b"\n")[0]
    delimiter = next((sign for sign in (",", "\t", ";") if sign.encode() in head), ",")
    found = sheet(member.content, member.place, delimiter)
    asked = {name.lower(): plain_text(column).lower() for name, column in options.columns.items()}
    known = {*_LABELS, "year", *_UNCERTAINTY, *(name for names in LAYOUTS.values() for name in names)}
    columns = {name: name for name in known if name in found.columns} | asked
    for name, column in asked.items():
        if name not in known:
            remedy = f"Known are: {', '.join(sorted(known))}."
            return _wrong(member.place, "this is no column of a layout", remedy, name)
        if column not in found.columns:
            return _wrong(
                member.place, "there is no such column", f"There are: {_listed(found)}.", options.columns.get(name)
            )
    if {"ri", "ni"} <= set(found.columns) and "yi" not in columns and "xi" not in columns:
        raise PluginError(
            f"{member.place}: this is a table of correlations (ri, ni). livereview has no measure for "
            "them; nothing is read."
        )
    layout = _layout(columns, options.layout)
    if layout is None:
        listed = "; ".join(f"{name}: {' '.join(names)}" for name, names in LAYOUTS.items())
        return _wrong(
            member.place, "the columns of no layout are there" if options.layout == "auto" else
            f"columns of the layout {options.layout} are missing", f"Name them with columns = {{ ... }}. Layouts are "
            f"{listed} with vi or sei. There are: {_listed(found)}.", None,
        )  # fmt: skip
    if layout == "effects" and not options.measure:
        return _wrong(member.place, "what the effects yi are is not said", 'Say it, e.g. measure = "OR".', None)
    if not any(name in columns for name in _LABELS):
        remedy = f'Name the column of study labels: columns = {{ study = "..." }}. There are: {_listed(found)}.'
        return _wrong(member.place, "there is no column of study labels", remedy, None)
    return _Table(found=found, columns=columns, layout=layout, left_out=list(found.lost))


def _layout(columns: Mapping[str, str], asked: str) -> str | None:
    for name, needed in LAYOUTS.items():
        there = all(column in columns for column in needed)
        if name == "effects":
            there = there and any(column in columns for column in _UNCERTAINTY)
        if there and asked in ("auto", name):
            return name
    return None


def _wrong(place: str, message: str, remedy: str, found: str | None) -> Problem:
    return Problem(place=place, row=1, found=found, message=message, remedy=remedy)


def _listed(found: Sheet) -> str:
    return ", ".join(found.titles[name] for name in found.columns if name)[:300]


def _tables(table: _Table, options: WideTableOptions) -> tuple[RawTable, ...]:
    studies = Rows("studies", ("study_id", "label", "year"))
    reports = Rows("reports", ("report_id", "doi", "pmid", "year", "published_on", "kind", "note"))
    results = Rows("results", _RESULTS)
    on = options.published_on
    pmid = pmid_in(options.report) if options.report.lower().startswith("pmid:") else ""
    reports.add(
        Place(file=table.found.place, row=1), report_id=options.report, doi=doi_in(options.report) or None,
        pmid=pmid or None, year=int(on[:4]) if on else None, published_on=on, kind="review",
        note=plain_text(options.citation, prose=True) or None,
    )  # fmt: skip
    labels = [_label(table, row) for _, row in table.found.rows]
    times = Counter(labels)
    ids = _ids(labels)
    numbered: Counter[tuple[str, int | None]] = Counter()
    for (place, row), label in zip(table.found.rows, labels, strict=True):
        numbered[label] += 1
        variant = f"entry-{numbered[label]}" if times[label] > 1 else None
        try:
            if not label[0]:
                raise Refused("the row names no study", "Name it, or leave the row out.")
            made = list(_made(table, row, options))
        except Refused as refused:
            what = label[0] or "a row"
            table.left_out.append(
                Problem(place=place.file, row=place.row, found=refused.found, message=f"{what}: {refused.message}",
                        remedy=refused.remedy)
            )  # fmt: skip
            continue
        if numbered[label] == 1 or not any(values[0] == ids[label] for values, _ in studies.rows):
            studies.add(place, study_id=ids[label], label=label[0], year=label[1])
        for values in made:
            results.add(
                place, study_id=ids[label], report_id=options.report, outcome=options.outcome, status=STATUS,
                variant=variant, locator=place.words, **values,
            )  # fmt: skip
    return tuple(raw for rows in (studies, reports, results) for raw in rows.tables())


def _label(table: _Table, row: Mapping[str, str]) -> tuple[str, int | None]:
    column = next(table.columns[name] for name in _LABELS if name in table.columns)
    year = cells.study_year(row.get(table.columns["year"])) if "year" in table.columns else None
    return cells.label(row.get(column)), year


def _ids(labels: Sequence[tuple[str, int | None]]) -> dict[tuple[str, int | None], str]:
    plain = {
        (name, year): cells.slug(name) if year is None or str(year) in name else f"{cells.slug(name)}-{year}"
        for name, year in labels
    }
    times = Counter(plain.values())
    return {key: found if times[found] == 1 else f"{found}-{cells.mark(str(key))}" for key, found in plain.items()}


def _made(table: _Table, row: Mapping[str, str], options: WideTableOptions) -> list[dict[str, Cell]]:
    """The result rows of one row of the table."""
    if table.layout == "proportions":
        events, n = whole(table.number(row, "xi"), "xi"), whole(table.number(row, "ni"), "ni")
        if events is None or not n or events > n:
            raise Refused("xi of ni is no share", "Check both.", f"{events} of {n}")
        return [{"arm": options.experimental, "measure": "count", "events": events, "n": n}]
    if table.layout == "effects":
        return [_effect(table, row, options)]
    numbers = {name: table.number(row, name) for name in LAYOUTS[table.layout]}
    if table.layout == "cells":
        for cell, sum_name, first_cell in (("bi", "n1i", "ai"), ("di", "n2i", "ci")):
            first, second = numbers[first_cell], numbers.pop(cell)
            numbers[sum_name] = None if first is None or second is None else first + second
    means = table.layout == "means"
    analysis = Analysis(group="1", number="1", name="", data_type="means" if means else "counts")
    place = Place(file=table.found.place, row=0)
    data: dict[str, Any] = {_AS_ENTRY[name]: value for name, value in numbers.items()}
    entry = Entry(study="", place=place, **data)
    measure = "mean" if means else "count"
    sides = ((options.experimental, 1), (options.control, 2))
    return [{"arm": arm, "measure": measure, **arm_numbers(analysis, entry, side)} for arm, side in sides]


def _effect(table: _Table, row: Mapping[str, str], options: WideTableOptions) -> dict[str, Cell]:
    value = table.number(row, "yi")
    se = table.number(row, "sei") if "sei" in table.columns else None
    if se is None and "vi" in table.columns:
        variance = table.number(row, "vi")
        se = math.sqrt(variance) if variance is not None and variance > 0 else None
    if value is None or not se or se < 0:
        raise Refused("yi without a standard error or variance above 0", "Look it up, or leave the row out.")
    ratio = options.measure in cells.RATIOS
    if ratio and abs(value) > 700:
        raise Refused("yi is beyond what the logarithm of a ratio can be", "Check the scale of yi.", f"{value:g}")
    note = "from the logarithm in the table" if ratio else None
    return {
        "arm": options.experimental, "comparator": options.control, "measure": options.measure,
        "estimate": math.exp(value) if ratio else value, "se": se, "note": note,
    }  # fmt: skip
