"""Checks of renderers: files with safe paths for any review, the same bytes each time, and text that stays text."""

from __future__ import annotations

import base64
import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import PurePosixPath, PureWindowsPath

from livereview.renderers import IndexedReview, IndexRequest, RenderedFile, Renderer, RenderRequest
from livereview.report import OutcomeResult
from livereview.testing import builders
from livereview.testing.check import Inapplicable, Subject, check, fail
from livereview.testing.hostile import POISONS, poisoned
from livereview.testing.trials import Trial
from livereview.testing.whole_review import whole_review

Writer = Subject[Renderer]

#: Formats in which markup would run; in others it is data.
_MARKUP = (".html", ".htm", ".svg", ".md", ".xhtml")
_TEXT = (*_MARKUP, ".txt", ".csv", ".tsv", ".json", ".xml", ".ris")
_RUNS = re.compile(r"(?<!\\)<(?:script>alert\(1\)|img src=x onerror|svg/onload)")
_FORMULAS = ("=HYPERLINK", "+1+1|cmd", "@SUM(A1)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
#: A picture of one pixel.
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
#: Fields that are ids or have a form of their own, so that no text from outside stands in them.
_OWN = ("id", "study_id", "outcome_id", "report_id", "record_id", "row_id", "scale", "display", "status", "kind",
        "published_on", "searched_on", "through", "integrated_through", "due_on", "since", "snapshot", "layout",
        "expected_on", "stands", "table", "measure", "signed_on", "dates", "proposal_id", "registry_id")  # fmt: skip


@cache
def _reports() -> list[tuple[str, RenderRequest]]:
    """Reviews without outcomes, without studies, of one study, of five, with every section."""
    png = RenderedFile(path="figures/os-rr-forest.png", content=_PIXEL, kind="forest", outcome="os-rr", title="F")
    made = [
        ("a review without outcomes", builders.report([])),
        ("an outcome without studies", builders.report([builders.outcome(0, pooled=builders.pooled([], "ratio"))])),
        ("an outcome of one study", builders.report([builders.outcome(1)])),
        ("one of five studies, one of a single arm", builders.report([builders.outcome(), _single_arm()])),
        ("a review with every section", whole_review()),
    ]
    return [(name, RenderRequest(report=report, assets=(png,) if report.outcomes else ())) for name, report in made]


def _single_arm() -> OutcomeResult:
    return builders.outcome(5, "proportion", divisions=1)


def _files(writer: Writer, request: RenderRequest) -> list[RenderedFile]:
    return list(writer.plugin.render(request, writer.options))


@check(Renderer, every_choice=True)
def files_of_any_review(writer: Writer) -> None:
    """A review without outcomes, without studies, of one study, with every section: files with bytes and paths."""
    for name, request in _reports():
        _check_files(name, _files(writer, request))


def _check_files(name: str, found: list[RenderedFile]) -> None:
    for file in found:
        if not isinstance(file, RenderedFile):
            fail(f"{name}: it returned {type(file).__name__}; it must return RenderedFile objects")
        if not isinstance(file.content, bytes) or not file.content:
            fail(f"{name}: the content of {file.path} is {type(file.content).__name__}, {len(file.content)} long")
        path = PurePosixPath(file.path)
        unsafe = path.is_absolute() or ".." in path.parts or PureWindowsPath(file.path).drive or "\\" in file.path
        if unsafe or not file.path or path.as_posix() != file.path or not file.path.isprintable() or ":" in file.path:
            fail(f"{name}: the path {file.path!r:.120} is not relative, with forward slashes, inside the folder")
        if max(map(len, path.parts)) > 255:
            fail(f"{name}: the path {file.path[:60]!r}... has a part of more than 255 characters")
    paths = [file.path.casefold() for file in found]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        fail(f"{name}: two files are called {twice[0]}")


@check(Renderer)
def something_written(writer: Writer) -> None:
    """Of a review with every section it makes a file."""
    if not _files(writer, _reports()[-1][1]):
        fail("it makes no file")


@cache
def _poisoned(poison: str) -> RenderRequest:
    report = poisoned(whole_review(), poison, _OWN)
    cards = tuple(replace(card, outcomes=("os-hr",)) for card in report.studies)
    return RenderRequest(report=replace(report, studies=cards))


@check(Renderer)
def hostile_text(writer: Writer) -> None:
    """Text from outside stays text: it makes no markup, no formula, no path and no control character."""
    for poison in POISONS:
        name = f"every text is {poison[:40]!r}"
        found = _files(writer, _poisoned(poison))
        _check_files(name, found)
        for file in found:
            suffix = PurePosixPath(file.path).suffix.lower()
            if suffix not in _TEXT:
                continue
            text = file.content.decode("utf-8", "replace")
            if suffix in _MARKUP and (run := _RUNS.search(text)):
                fail(f"{name}: {file.path} has {run.group()!r} as markup")
            control = _CONTROL.search(text) if suffix in (*_MARKUP, ".txt") else None
            if suffix in (".html", ".htm", ".md", ".txt"):
                control = control or _TURNS.search(text)
            if control:
                fail(f"{name}: {file.path} has the character {control.group()!r}")
            cells = [] if suffix not in (".csv", ".tsv") else re.split(r'[,\t\n]"?', text)
            formula = [cell for cell in cells if cell.startswith(_FORMULAS)]
            if formula:
                fail(f"{name}: {file.path} has the formula {formula[0][:40]!r}")


@check(Renderer)
def index_of_reviews(writer: Writer) -> None:
    """The index of a folder has files with plain names, for no review and for several."""
    if writer.plugin.index is None:
        raise Inapplicable("it makes no index")
    reviews = tuple(
        IndexedReview(review=name, title=f"Review {name}", page=f"{name}/report.html", update=2) for name in ("a", "b")
    )
    broken = replace(reviews[0], review="c", trouble="its history is damaged")
    for given in ((), reviews[:1], (*reviews, broken)):
        found = list(writer.plugin.index(IndexRequest(reviews=given)))
        _check_files(f"an index of {len(given)} reviews", found)
        deep = [file.path for file in found if "/" in file.path]
        if deep:
            fail(f"the index has the file {deep[0]}, which is not in the folder itself")


def trials(writer: Writer) -> tuple[Trial, ...]:
    """The files of small reviews."""

    def trial(index: int, name: str) -> Trial:
        return Trial(
            name=name,
            make=lambda: deepcopy(_reports()[index][1]),
            call=lambda request: _files(writer, request),
        )

    return tuple(trial(index, name) for index, (name, _) in enumerate(_reports()) if index in (2, 3))
