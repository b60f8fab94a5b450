"""What a table of the evidence store is: its columns with kind, unit and limits, and the words that a cell may hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["text", "id", "integer", "number", "partial-date", "p-value", "level", "choice", "yes-no"]

STATUSES = ("verified", "derived", "from-review", "reconstructed", "unverified")
POOLED_BY_DEFAULT = ("verified", "derived", "from-review")
RESULT_MEASURES = (
    "count", "proportion", "survival", "cumulative-incidence", "mean", "rate", "events", "time", "median-months",
    "HR", "OR", "RR", "RD", "IRR", "ROM", "MD", "SMD", "RMST",
)  # fmt: skip
DIRECTIONS = ("lower", "higher")
REPORT_KINDS = ("primary", "follow-up", "abstract", "registry", "regulatory", "review", "preprint", "other")
REPORT_STATUSES = ("active", "corrected", "retracted")
SEARCH_KINDS = ("database", "register", "website", "organisation", "citation", "other")
STAGES = ("before-screening", "title-abstract", "retrieval", "full-text")
DECISIONS = ("include", "exclude", "unsure")
PAIR_VERDICTS = ("same", "different")
ACCEPTANCE = ("accept", "decline")
PROPOSED_TABLES = ("studies", "reports", "results", "appraisals", "characteristics", "ongoing")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what it holds, in which unit, and what a cell may be."""

    name: str
    kind: Kind = "text"
    about: str
    required: bool = False
    """A row without it is refused. A sheet may leave out an optional column altogether."""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    refers_to: str | None = None
    """Table whose key the value must be found in."""
    ahead: bool = False
    """Whether a date may lie after the day on which it is recorded."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns, and the key under which a later row corrects or withdraws an earlier one."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


#: Columns that every table has besides its own: how a row is taken back.
WITHDRAWAL = (
    Column(name="withdrawn", kind="yes-no", about="yes takes the row of this key out of use; it stays in the store"),
    Column(name="withdrawn_reason", about="why the row was taken back; required where withdrawn is yes"),
)

NOTE = Column(name="note", about="anything a reader of the number must know")
STUDY = Column(name="study_id", kind="id", about="the study", required=True, refers_to="studies")
ADJUDICATES = Column(
    name="adjudicates", kind="yes-no", about="yes settles what two people recorded differently under the same key"
)


def table(name: str, about: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name=name, about=about, key=key, columns=(*columns, *WITHDRAWAL))
