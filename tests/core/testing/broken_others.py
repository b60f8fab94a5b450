"""Broken pieces of the other kinds: triggers, certainty domains, renderers, sources, analyses, presets, instruments."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from broken import Broken
from pydantic import Field

from livereview import (
    Analysed,
    AnalysisRequest,
    CertaintyDomain,
    CertaintyEvidence,
    Column,
    Conclusion,
    DataSource,
    DomainJudgement,
    Fetched,
    FetchRequest,
    FurtherAnalysis,
    Instrument,
    InstrumentItem,
    Options,
    PluginError,
    Preset,
    RawTable,
    RenderedFile,
    Renderer,
    RenderRequest,
    Table,
    Trigger,
)
from livereview.testing import SourceExample

NAMED: dict[str, Any] = {"name": "piece", "summary": "A piece."}

# --- triggers -----------------------------------------------------------------------------------------------------


def more_studies(before: Conclusion, after: Conclusion, options: Any) -> str | None:
    return f"{after.k} studies, and there were {before.k}" if after.k > before.k else None


def trigger(fires: Callable[..., Any]) -> Trigger:
    return Trigger(**NAMED, fires=fires)


SEEN: list[str] = []


def twice_the_same(before: Conclusion, after: Conclusion, options: Any) -> str | None:
    SEEN.append(after.title)
    return f"seen {len(SEEN)} times" if after.k > before.k else None


GROWS = trigger(more_studies)
TRIGGERS = (
    ("trigger: fires on equal conclusions", trigger(lambda before, after, options: "as before" if after.k else None)),
    ("trigger: returns true", trigger(lambda before, after, options: after.k > before.k or None)),
    ("trigger: an exception without a number",
     trigger(lambda before, after, options: f"{int(after.estimate)}" if after.k > before.k + 99 or
             int(after.estimate) > 9 else more_studies(before, after, options))),
    ("trigger: counts its calls", trigger(twice_the_same)),
)  # fmt: skip

# --- certainty domains --------------------------------------------------------------------------------------------


def few_people(evidence: CertaintyEvidence, options: Any) -> DomainJudgement:
    n = evidence.outcome.pooled.participants
    if n is None:
        return DomainJudgement(levels=None, reason="nobody states how many people there were")
    return DomainJudgement(levels=-1 if n < 400 else 0, reason=f"{n} people", inputs=(("people", str(n)),))


def domain(judge: Callable[..., Any], **fields: Any) -> CertaintyDomain:
    return CertaintyDomain(**NAMED, title="Piece", judge=judge, **fields)


FEW = domain(few_people)
DOMAINS = (
    ("domain: half a level", domain(lambda e, o: DomainJudgement(levels=-0.5, reason="half"))),  # type: ignore[arg-type]
    ("domain: up where it rates down", domain(lambda e, o: replace(few_people(e, o), levels=1))),
    ("domain: no reason", domain(lambda e, o: replace(few_people(e, o), reason=""))),
    ("domain: the first study decides", domain(lambda e, o: DomainJudgement(
        levels=-1 if e.outcome.studies[0].effect < e.outcome.studies[-1].effect else 0, reason="the first study"))),
)  # fmt: skip

# --- renderers ----------------------------------------------------------------------------------------------------


def page(request: RenderRequest, name: str = "page.html", escape: bool = True, more: str = "") -> list[RenderedFile]:
    from html import escape as escaped

    title = "".join(char if char.isprintable() else " " for char in request.report.review.title)
    body = escaped(title) if escape else title
    return [RenderedFile(path=name, content=f"<h1>{body}</h1>{more}".encode())]


def renderer(render: Callable[..., Any]) -> Renderer:
    return Renderer(**NAMED, render=render)


def saved(request: RenderRequest, options: Any) -> list[RenderedFile]:
    Path("page.html").write_bytes(page(request)[0].content)
    return page(request)


def titled(request: RenderRequest, options: Any) -> list[RenderedFile]:
    outcomes = request.report.outcomes
    return page(request, f"{outcomes[0].title if outcomes else 'none'}.html")


PAGE = renderer(lambda request, options: page(request))
RENDERERS = (
    ("renderer: markup from outside", renderer(lambda request, options: page(request, escape=False))),
    ("renderer: an absolute path", renderer(lambda request, options: page(request, "/tmp/page.html"))),
    ("renderer: a path of text", renderer(titled)),
    ("renderer: the clock", renderer(lambda request, options: page(request, more=str(time.time_ns())))),
    ("renderer: writes its file itself", renderer(saved)),
    ("renderer: fails without outcomes", renderer(lambda r, o: page(r, more=str(len(r.report.outcomes[0].studies))))),
)  # fmt: skip

# --- data sources -------------------------------------------------------------------------------------------------

COLUMNS = ("study_id", "label")
ROWS = "study_id,label\nadler-1999,Adler 1999\nbrandt-2003,Brandt 2003\n"

EXAMPLE = SourceExample(options={"path": "studies.csv"}, files={"studies.csv": ROWS})


class FilePath(Options):
    """Where the rows are."""

    path: str = Field(description="A CSV file.", examples=["studies.csv"])


def read(request: FetchRequest, options: FilePath, missing: bool = True) -> Iterator[Any]:
    """The content of the file, then its rows."""
    file = request.folder / options.path
    if missing and not file.is_file():
        raise PluginError(f"{options.path}: there is no such file")
    raw = file.read_bytes()
    yield hashlib.sha256(raw).hexdigest()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise PluginError(f"{options.path}: it is not UTF-8") from None
    found = list(csv.reader(io.StringIO(text)))
    if not found or tuple(found[0]) != COLUMNS:
        raise PluginError(f"{options.path}: the columns must be study_id and label")
    yield tuple(tuple((*row, "", "")[:2]) for row in found[1:])


def fetch(request: FetchRequest, options: FilePath, label: Callable[[str], str] = str, **given: Any) -> Fetched:
    digest, rows = read(request, options, **given)
    changed = tuple((name, label(title)) for name, title in rows)
    table = RawTable(table="studies", place=options.path, columns=COLUMNS, rows=changed,
                     row_numbers=tuple(range(2, len(rows) + 2)))  # fmt: skip
    return Fetched(tables=(table,), inputs={options.path: digest})


def tidied(request: FetchRequest, options: FilePath) -> Fetched:
    found = fetch(request, options)
    (request.folder / "read.log").write_text("done")
    return found


def source(function: Callable[..., Fetched]) -> DataSource:
    return DataSource(**NAMED, fetch=function, options=FilePath, example=EXAMPLE)


def with_tables(found: Fetched, **changes: str) -> Fetched:
    return replace(found, tables=tuple(replace(table, **changes) for table in found.tables))


SHEET = source(fetch)
SOURCES = (
    ("source: other rows each time", source(
        lambda r, o: fetch(r, o, label=lambda title: f"{title} {random.random()}"))),
    ("source: writes into the folder", source(tidied)),
    ("source: an exception for a missing file", source(lambda r, o: fetch(r, o, missing=False))),
    ("source: the address of this machine", source(lambda r, o: with_tables(
        fetch(r, o), place=str(r.folder / o.path)))),
    ("source: a table that does not exist", source(lambda r, o: with_tables(fetch(r, o), table="trials"))),
    ("source: no example", replace(SHEET, example=None)),
    ("source: no inputs told", source(lambda r, o: replace(fetch(r, o), inputs={}))),
)  # fmt: skip

# --- analyses, presets, instruments -------------------------------------------------------------------------------


def largest(request: AnalysisRequest, options: Any, share: float = 100.0) -> Analysed:
    studies = request.studies
    at = int(studies.effect.argmax())
    weight = share * float((1 / studies.variance)[at] / (1 / studies.variance).sum())
    columns = (
        Column(name="study", kind="text"),
        Column(name="effect", kind="effect"),
        Column(name="w", kind="percent"),
    )
    row = (studies.labels[at], float(studies.effect[at]), weight)
    return Analysed(tables=(Table(title="Largest effect", columns=columns, rows=(row,)),))


def analysis(run: Callable[..., Analysed]) -> FurtherAnalysis:
    return FurtherAnalysis(**NAMED, title="Piece", run=run)


def in_place(request: AnalysisRequest, options: Any) -> Analysed:
    request.studies.effect.sort()
    return largest(request, options)


LARGEST = analysis(largest)
ANALYSES = (
    ("analysis: percent above 100", analysis(lambda r, o: largest(r, o, share=10_000.0))),
    ("analysis: a row too short", analysis(lambda r, o: replace(largest(r, o), tables=tuple(
        replace(table, rows=(table.rows[0][:2],)) for table in largest(r, o).tables)))),
    ("analysis: sorts the effects in place", analysis(in_place)),
)  # fmt: skip
HOUSE = Preset(**NAMED, choices=lambda measure: {"model": {"name": "random-effects", "tau2": "PM"}})
WRONG = Preset(**NAMED, choices=lambda measure: {"model": {"name": "random-effects", "tau": "PM"}})
ITEM = InstrumentItem(name="Q1", title="Was it blind?", scores=("0", "1"))
FORM = Instrument(**NAMED, title="Form", items=(ITEM,), total=("total",))
INSTRUMENTS = (
    ("instrument: one name twice", replace(FORM, items=(ITEM, replace(ITEM, name="q1", title="Other")))),
    ("instrument: points that are words", replace(FORM, items=(replace(ITEM, scores=("no", "yes")),))),
)

BROKEN = (
    *(Broken(defect=defect, plugin=plugin, twin=GROWS) for defect, plugin in TRIGGERS),
    *(Broken(defect=defect, plugin=plugin, twin=FEW) for defect, plugin in DOMAINS),
    *(Broken(defect=defect, plugin=plugin, twin=PAGE) for defect, plugin in RENDERERS),
    *(Broken(defect=defect, plugin=plugin, twin=SHEET) for defect, plugin in SOURCES),
    *(Broken(defect=defect, plugin=plugin, twin=LARGEST) for defect, plugin in ANALYSES),
    Broken(defect="preset: an option that does not exist", plugin=WRONG, twin=HOUSE),
    *(Broken(defect=defect, plugin=plugin, twin=FORM) for defect, plugin in INSTRUMENTS),
)
