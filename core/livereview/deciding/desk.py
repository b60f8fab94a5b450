"""What a person sees who decides on something of a review, and how the decision gets into the store.

The store is read as it is: no source is asked. What is decided passes the same checks as any other row, under the
store's lock, and with any problem nothing of it is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from livereview.changes import Tables
from livereview.chronology import latest_day
from livereview.deciding.journal import FOLDER
from livereview.errors import ExpectedError
from livereview.evidence.checks import Checked, checked
from livereview.evidence.rows import Row
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import opened, places_of
from livereview.plugins import Plugins
from livereview.sources import RawTable
from livereview.writing import held

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """A review as its store has it at one moment."""

    file: ManifestFile
    plugins: Plugins
    store: Store
    view: Outlook
    now: Clock

    @property
    def review(self) -> str:
        """Id of the review."""
        return self.file.manifest.review.id

    @property
    def folder(self) -> Path:
        """Where the manifest is."""
        return self.file.folder

    @property
    def evidence(self) -> Evidence:
        """All that the store holds."""
        return self.view.evidence

    @property
    def tables(self) -> Tables:
        """All current rows of the store."""
        return self.view.tables

    @property
    def rows(self) -> Tables:
        """Those of them that the review can see."""
        return self.view.rows

    @property
    def day(self) -> date:
        """Today, where the person is."""
        return self.now().astimezone().date()

    def checked(self, tables: Sequence[RawTable]) -> Checked:
        """Rows to be recorded, with every problem, against what the store holds."""
        return checked(tables, self.evidence, today=latest_day(self.now()))


def desk_of(path: Path, now: Clock = _now) -> Desk:
    """The review of a manifest. Raises ExpectedError with every mistake in manifest or store."""
    file, plugins = opened(path)
    store = Store(places_of(file).store)
    return Desk(file=file, plugins=plugins, store=store, view=outlook(file.manifest, store.evidence()), now=now)


def read_again(desk: Desk) -> Desk:
    """The same review as its store has it now."""
    found = desk.store.evidence()
    return desk if found.snapshot == desk.evidence.snapshot else replace(desk, view=outlook(desk.file.manifest, found))


@contextmanager
def held_desk(desk: Desk) -> Iterator[Desk]:
    """The review as its store has it now, while nobody else on this machine adds to the store."""
    with nullcontext() if "://" in desk.store.location else held(Path(desk.store.location)):
        yield read_again(desk)


def add(desk: Desk, rows: Iterable[Row], command: str) -> Added:
    """Record rows that are checked, of a desk that is held. ``command`` is told as where the batch came from."""
    return desk.store.add(rows, source=command, recorded_at=desk.now())


def person_named(desk: Desk, name: str) -> str:
    """The name of a person as the store will have it.

    ExpectedError where it is empty, or where somebody with other capitals or spaces has decided before: one person
    under two names would count as two people who agree.
    """
    person = " ".join(name.split())
    if not person or not person.isprintable():
        raise ExpectedError(f"--person {name!r}: a name is needed, as decisions are signed with it.")
    if other := other_spelling(desk, person):
        raise ExpectedError(
            f"--person {person}: {other} has decided here. One person under two names would count as two: write "
            f'--person "{other}".'
        )
    return person


def other_spelling(desk: Desk, person: str) -> str:
    """The name under which somebody has decided that differs from a new one in capitals and spaces only; or ""."""
    signed = {str(row["person"]) for table in ("decisions", "pairs", "acceptances") for row in desk.tables[table]}
    if person in signed:
        return ""
    folded = person.casefold().replace(" ", "")
    return next((name for name in sorted(signed) if name.casefold().replace(" ", "") == folded), "")


def signed_origin(desk: Desk, person: str, where: str) -> str:
    """Where a row was decided, as its origin: never the name of a sheet, from which updates would miss it."""
    return f"{FOLDER}/{desk.review}/{person}, {where}"


def standing_in_a_sheet(desk: Desk, origin: object) -> bool:
    """Whether a recorded row was typed in a sheet that is still there: the next update would bring it back from it."""
    name = str(origin or "").rsplit(", row ", 1)[0].split(", sheet ", 1)[0]
    return name.lower().endswith((".csv", ".tsv", ".xlsx", ".parquet")) and (desk.folder / name).is_file()
