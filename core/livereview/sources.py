"""What crosses the hook of data sources: what the core asks, what a source brings, and the network that it may use.

A source reads and never decides. It brings tables of three kinds: ``evidence`` that people have typed or accepted,
``ledger`` rows (searches, records, decisions) as they were found, and ``proposed`` rows, which nothing pools before
a person has accepted them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from livereview.outlines import Outline
from livereview.types import Cell, Descriptor


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with the input: where it is, what was found, what would be right."""

    place: str
    """File (and sheet), relative to the manifest's folder."""
    row: int | None = None
    """Row as a person counts it in the file; the header is row 1."""
    column: str | None = None
    found: str | None = None
    message: str
    remedy: str

    def __str__(self) -> str:
        where = self.place
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        found = "" if self.found is None else f" (found {self.found!r})"
        return f"{where}: {self.message}{found}. {self.remedy}"


TableKind = Literal["evidence", "ledger", "proposed"]


@dataclass(frozen=True, kw_only=True)
class RawTable:
    """Rows of one evidence table as a source read them: nothing converted, nothing guessed.

    The core turns cells into typed values by the store's schema and reports every bad one, so that each source
    gets the same checks. Text cells stay text; a spreadsheet's numbers, booleans and dates keep their type.
    """

    table: str
    """Name of the evidence table: one of ``FetchRequest.tables``."""
    place: str
    """File and sheet as shown to people, e.g. ``extractions/trial.xlsx, sheet results``; of a document of a registry
    what it is called there, e.g. ``ClinicalTrials.gov NCT01207388``. Each table of a source has its own place."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """One tuple per row, as long as ``columns``."""
    row_numbers: tuple[int, ...]
    """Where each row stands in the file; the header is row 1."""
    kind: TableKind = "evidence"
    """``evidence``: recorded if all of it is in order, refused as a whole if not. ``ledger``: searches, records and
    decisions as found; the core finds repeated records and links them to reports. ``proposed``: recorded as proposals,
    which a person accepts or declines. Of the last two a bad row is left out and named; the others go on."""
    unsettled: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Of proposed rows, by position in ``rows``: the columns that a person must set before the row can be accepted,
    since the source cannot know them (which of two studies an arm belongs to, which outcome a title means)."""


# --- the network -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered, complete and decompressed."""

    content: bytes
    status: int
    headers: Mapping[str, str]
    """``content-type``, ``date``, ``x-next-page-token`` and ``x-total-count``, where they came: what a kept answer has,
    so that a source sees the same with and without a network."""
    url: str
    """Where it came from, without secrets."""

    @property
    def text(self) -> str:
        """The content as text, in UTF-8 whatever the server said; bytes that are none become U+FFFD."""
        return self.content.decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """The content as JSON; ``ValueError`` where it is none."""
        return json.loads(self.content)


#: Says what is wrong with an answer that a server gave with status 200 and did not mean; None where it is in order.
Fault = Callable[[Answer], str | None]


class Session(Protocol):
    """Requests to one server: polite, patient and kept.

    Every call waits for its turn, tries again what may pass (429, 5xx, broken, empty or foreign answers, and what
    ``fault`` names), and keeps what came by its hash. It raises PluginError when it gives up, naming the server, what
    it answered and what to do.
    """

    def get(
        self,
        path: str,
        parameters: Mapping[str, str] = {},
        *,
        kind: Literal["json", "xml", "text"] = "json",
        fault: Fault = lambda answer: None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer to GET base + path. ``accept`` are the statuses that the caller wants to see, such as 404; with
        status 200 alone ``fault`` and the form of the content (``kind``) are looked at. Signs of the path that an
        address cannot hold are escaped; parts ``.`` and ``..`` are refused."""
        ...

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        kind: Literal["json", "xml", "text"] = "json",
        fault: Fault = lambda answer: None,
        accept: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer to POST base + path of a form; only for questions too long for an address."""
        ...

    def note_version(self, version: str) -> None:
        """Record the state of the source's data that answered, as the source names it (``dataTimestamp``)."""
        ...


class Network(Protocol):
    """How a source reaches servers. With ``--offline`` it answers from what was kept, and asks nobody."""

    def session(self, base: str, *, per_second: float, secrets: Mapping[str, str] = {}) -> Session:
        """A session with one server. ``base`` is the address that every path is put behind, ``per_second`` the most
        requests a second, ``secrets`` maps parameters to the environment variables that hold their values: they are
        sent where they are set (and taken from there alone), and are never kept, shown or logged."""
        ...


# --- asking and bringing -----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FetchRequest:
    """What the core tells a source when it asks for evidence."""

    folder: Path
    """The manifest's folder: relative paths in options start here."""
    tables: tuple[str, ...]
    """Names of the evidence tables that exist."""
    progress: Callable[[str, int, int], None] = lambda label, done, total: None
    """Call with a label, the number done and the total to show progress."""
    review: str = ""
    """Id of the review that asks."""
    today: date = date.min
    """The day of the request: the only clock that a source may use, so that a run can be repeated."""
    known: Mapping[str, tuple[Mapping[str, Cell], ...]] = field(default_factory=dict)
    """What is accepted and recorded already: rows of studies, reports, ongoing and searches, by table."""
    network: Network | None = None
    """Of a networked source; None for the others."""

    def searched_through(self, source: str, query: str) -> str | None:
        """Up to which day this review has searched a source with a query before today; None if never.

        Searches of today do not count: a second run on one day asks what the first one asked.
        """
        days = [
            str(row["through"] or row["searched_on"])
            for row in self.known.get("searches", ())
            if row["source"] == source
            and row["query"] == query
            and row["review"] in (None, self.review)
            and str(row["searched_on"]) < self.today.isoformat()
        ]
        return max(days, default=None)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What a source brought. With any problem the whole batch is refused, and all problems are shown."""

    tables: tuple[RawTable, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What a person at the files can put right."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Each input that was read (file, query), with the SHA-256 of its bytes."""
    notes: tuple[str, ...] = ()
    """What a person should know although nothing is wrong, e.g. that hidden rows were read."""
    left_out: tuple[Problem, ...] = ()
    """What could not be used of an input that nobody here can put right (a registry's document, an export): it is
    named, and everything else goes on."""


@dataclass(frozen=True, kw_only=True)
class SourceExample:
    """A small input, on which ``livereview.testing`` tries a source: files of the folder, and what servers answer."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """As a manifest has them."""
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """By path below the manifest's folder."""
    answers: Mapping[str, str | bytes] = field(default_factory=dict)
    """Of servers, by path or by ``PATH?KEY=VALUE``; of several that fit a request the longest is the answer."""
    known: Mapping[str, tuple[Mapping[str, Cell], ...]] = field(default_factory=dict)
    """What is recorded already, by table."""


@dataclass(frozen=True, kw_only=True)
class DataSource(Descriptor):
    """Brings evidence rows. ``fetch`` reads only; the core validates, compares and stores."""

    kind: ClassVar[str] = "data-source"
    fetch: Callable[[FetchRequest, Any], Fetched]
    per_review: bool = False
    """Whether what it brings depends on the review that asks or on what is recorded; only then it is told
    ``FetchRequest.review`` and ``known``. Of others several reviews share what was brought once."""
    networked: bool = False
    """Whether it asks servers. It is asked only where the manifest or the command says so, and by no other command."""
    outline: Callable[[FetchRequest, Any], Outline | None] | None = None
    """What a manifest could start from, for ``livereview new --from FILE``; its options are a ``path`` and defaults.
    None from it = the file is none of this source's kind; PluginError = it is, and cannot be read."""
    example: SourceExample | None = field(default=None, compare=False)
    """A small input with which ``livereview.testing`` tries the source; None = it cannot be tried."""
