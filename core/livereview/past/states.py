"""Past states of a review: which update, evidence and manifest a moment of the past means.

Nothing is fetched, added to the store or recorded. Where the state asked for is that of an update, its own batches are
used, so that what is made from it comes out the same to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from livereview.assembly import fingerprint_of
from livereview.cards import citation
from livereview.changes import evidence_hash
from livereview.errors import ExpectedError
from livereview.evidence.checks import Checked
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence
from livereview.history import Edition, History, Record
from livereview.ingest import Incoming, nothing_added
from livereview.linked.shared import Shared
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.past.moments import Asked
from livereview.places import Places, opened, opened_again, places_of, require_batches
from livereview.plugins import Plugins
from livereview.printing import counted
from livereview.report import Failure
from livereview.standing import Standing

#: Which manifest a past state is made with: that of the update of then, or the present one.
Which = Literal["then", "today"]


@dataclass(frozen=True, kw_only=True)
class Past:
    """A past state of a review before analysis."""

    asked: Asked
    standing: Standing
    update: Record | None
    """The update whose state it is; None = it is that of no update."""
    previous: Record | None
    """The update that this one was compared with."""
    edition: Edition
    notes: tuple[str, ...]
    """What a person must know of how it was rebuilt."""
    undated: tuple[str, ...]
    """Reports that ``published_by`` leaves out, since they have no date: citations."""

    @property
    def title(self) -> str:
        """``update 3 of 2026-11-20 (evidence as recorded by 2026-11-25)``."""
        return self.asked.title if self.update is None else f"{self.update.title} ({self.asked.title})"


def past_of(path: Path, asked: Asked, which: Which = "then") -> Past:
    """The past state of the review of a manifest. Raises ExpectedError where there is none, StoreError where batches
    are missing."""
    present, plugins = opened(path)
    places = places_of(present)
    store = Store(places.store)
    record = _record(History(places.history), asked)
    recorded = _recorded(store, record, asked, places)
    file, plugins, notes = _manifest(present, plugins, record, asked, which)
    ids = [batch.id for batch in recorded.batches]
    view = outlook(file.manifest, store.evidence(batches=ids, published_by=asked.published_until))
    update = record if record and _is_of(record, file, view, asked) else None
    if update is not None:
        # To the byte the same only from the same batches: others may have come in that the review does not see.
        view = outlook(file.manifest, store.evidence(batches=update.content["batches"]))
    elif record is not None and not asked.published_by and file.sha256 == record.fingerprint["manifest"]:
        notes += (_not_of(record),)
    whole = outlook(file.manifest, recorded)
    if asked.published_until:
        _require_published(view, whole, asked)
    previous = update.content["previous"] if update else None
    return Past(
        asked=asked,
        standing=_standing(file, plugins, places, store, view, update),
        update=update,
        previous=None if previous is None else History(places.history).find(previous),
        edition=update.edition if update else Edition(number=0, as_of=asked.as_of, published_by=asked.published_by),
        notes=notes,
        undated=tuple(_undated(whole)) if asked.published_until else (),
    )


def _record(history: History, asked: Asked) -> Record | None:
    """The update named, or the last one that was recorded by the moment asked for."""
    if asked.update:
        return history.find(asked.update)
    until = asked.recorded_until
    if until is None:
        return None
    earlier = [one for one in history.records() if datetime.fromisoformat(one.edition.recorded_at) <= until]
    return earlier[-1] if earlier else None


def _recorded(store: Store, record: Record | None, asked: Asked, places: Places) -> Evidence:
    """The evidence as it was recorded by then."""
    everything = store.evidence()
    if not everything.batches:
        raise ExpectedError(f"{store.location}: the store holds no evidence yet; run livereview update first")
    if record is not None:
        require_batches(record, everything, places)
    if record is not None and asked.update:
        return store.evidence(batches=record.content["batches"])
    evidence = everything if asked.recorded_until is None else store.evidence(as_of=asked.recorded_until)
    if not evidence.batches:
        first = everything.batches[0].recorded_at.isoformat(timespec="seconds")
        raise ExpectedError(f"--as-of: no evidence was recorded by {asked.as_of}; the first was at {first}")
    return evidence


def _manifest(
    present: ManifestFile, plugins: Plugins, record: Record | None, asked: Asked, which: Which
) -> tuple[ManifestFile, Plugins, tuple[str, ...]]:
    """The manifest to use, the plugins that it lets load, and what must be said about it."""
    if not asked.as_of:
        return present, plugins, ()
    if record is None:
        return present, plugins, (f"No update was recorded by {asked.as_of}: made with the present manifest.",)
    if record.fingerprint["manifest"] == present.sha256:
        return present, plugins, ()
    if which == "today":
        return present, plugins, (f"Made with the present manifest, which is not that of {record.title}.",)
    kept = record.content.get("manifest")
    if kept is None:
        note = f"The manifest changed after {record.title}, whose record does not hold it: made with the present one."
        return present, plugins, (note,)
    try:
        file, plugins = opened_again(present.path.with_name(kept["file"]), kept["text"])
    except ExpectedError as error:
        where = f"The manifest of {record.title}, which its record keeps, is refused by what is installed now:"
        remedy = "Install what it needs, or use the present one: --manifest today."
        raise ExpectedError([where, *error.messages, remedy]) from None
    note = f"Made with the manifest of {record.title}; it was changed since (--manifest today uses the present one)."
    return file, plugins, (note,)


def _is_of(record: Record, file: ManifestFile, view: Outlook, asked: Asked) -> bool:
    """Whether a view with a manifest is what an update was made from."""
    if asked.published_by or record.fingerprint["manifest"] != file.sha256:
        return False
    same_batches = {batch.id for batch in view.evidence.batches} == set(record.content["batches"])
    return same_batches or evidence_hash(view.rows) == record.fingerprint["evidence"]


def _not_of(record: Record) -> str:
    return (
        f"This is not {record.title}, the last one recorded by then: it was made from other batches. What was recorded "
        f"after it, or merged in later with an earlier date, is in this report; "
        f'--as-of "update {record.number}" rebuilds that one.'
    )


def _require_published(view: Outlook, whole: Outlook, asked: Asked) -> None:
    if any(view.rows["results"]):
        return
    cited = {row["report_id"] for row in whole.rows["results"]}
    dates = [row["published_on"] for row in whole.rows["reports"] if row["report_id"] in cited and row["published_on"]]
    first = f"the first was published on {min(dates)}" if dates else "no report of them has a date"
    message = f"--published-by: no result that this review can see had been published by {asked.published_by}; {first}"
    raise ExpectedError(message)


def _undated(whole: Outlook) -> Iterable[str]:
    """The reports of the review without a date."""
    for row in sorted(whole.rows["reports"], key=lambda row: str(row["report_id"])):
        if row["published_on"] is None:
            yield f"{row['report_id']} ({citation(row)})"


def _standing(
    file: ManifestFile, plugins: Plugins, places: Places, store: Store, view: Outlook, update: Record | None
) -> Standing:
    """What the review stood on. Sources that failed then are failures of that report still."""
    failed = [item for item in (update.content["failures"] if update else ()) if item["section"].startswith("source ")]
    nothing = Incoming(
        checked=Checked(rows=(), problems=()), problems=(), failures=tuple(Failure(**item) for item in failed)
    )
    return Standing(
        file=file,
        plugins=plugins,
        places=places,
        store=store,
        view=view,
        latest=update,
        fingerprint=fingerprint_of(file, view.rows, plugins),
        added=nothing_added(nothing),
        incoming=nothing,
        notes=plugins.warnings,
        passing=(),
        lasting=(),
        hints=(),
        shared=Shared(),
    )


def warnings_of(past: Past) -> tuple[str, ...]:
    """What stands on page one of a rebuilt report that is that of no update."""
    if past.update is not None or not past.undated:
        return ()
    counts = counted(len(past.undated), "report")
    return (f"{counts} without a date of publication left out: {'; '.join(past.undated)}.",)
