"""What a review stands on before anything is analysed: what its sources have is fetched, checked and stored first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livereview.assembly import fingerprint_of
from livereview.chronology import clock_behind, late, undated
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.fetching import Progress
from livereview.history import History, Record
from livereview.ingest import Incoming, ingested, lost, merged, nothing_added, vanished, without_ledger
from livereview.ledger.cards import alarms, proposal_cards
from livereview.linked.likeness import likenesses
from livereview.linked.shared import Clock, Shared, source_key
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import Places, places_of, require_batches, require_own_id
from livereview.plugins import Plugins
from livereview.reach import out_of_reach
from livereview.report import Failure
from livereview.team.scrutiny import require_possible, told
from livereview.verdicts.certainty import signed_in_the_future


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A review before analysis: its manifest, what it sees of the store, its last update, what it is made from."""

    file: ManifestFile
    plugins: Plugins
    places: Places
    store: Store
    view: Outlook
    latest: Record | None
    fingerprint: Mapping[str, Any]
    added: Added
    incoming: Incoming
    notes: tuple[str, ...]
    """Warnings of the plugins, the store and the sources, which reviews have in common."""
    passing: tuple[str, ...]
    """Warnings of this run: of the clock, of what came in just now or came late."""
    lasting: tuple[str, ...]
    """Warnings that hold as long as the review sees the same rows."""
    hints: tuple[str, ...]
    """Warnings that rest on more of the store and the sheets than the rows that the review sees."""
    shared: Shared
    """What it has in common with the other reviews of the command."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Sources that failed."""
        return self.incoming.failures

    @property
    def warnings(self) -> tuple[str, ...]:
        """All warnings."""
        return (*self.notes, *self.passing, *self.lasting, *self.hints)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What the sources of a review have, and what the review will see with it."""

    incoming: Incoming
    new: bool
    """Whether anything of it is not recorded yet."""
    view: Outlook
    hints: tuple[str, ...]
    """Names in the manifest that nothing in the evidence has, and that are near to one that is there."""


def arrival(
    file: ManifestFile, plugins: Plugins, current: Evidence, shared: Shared, progress: Progress, now: Clock
) -> Arrival:
    """What the sources bring. Raises ManifestError or EvidenceError with every mistake in manifest or sheets."""
    incoming = shared.incoming(file, plugins, current, progress)
    expected = merged(current, incoming)
    # What is not recorded yet is seen by this review alone, so that its tables are not kept.
    view = shared.outlook(file.manifest, current) if expected is current else outlook(file.manifest, expected)
    mistakes, hints = out_of_reach(file.manifest, view.tables, view.scope)
    mistakes += signed_in_the_future(file.manifest, now().date())
    if mistakes:
        raise file.error(mistakes)
    require_possible(file.manifest, plugins, view, current, incoming)
    return Arrival(incoming=incoming, new=not incoming.identities <= current.identities, view=view, hints=hints)


def standing_of(path: Path, progress: Progress, now: Clock, shared: Shared | None = None) -> Standing:
    """Fetch, check and store what is new, then see what the review stands on."""
    shared = Shared(now) if shared is None else shared
    file, plugins = shared.opened(path)
    places = places_of(file)
    latest = History(places.history).latest()
    if latest is None or latest.fingerprint["manifest"] != file.sha256:
        require_own_id(file, shared.review_ids(file.folder))
    store = shared.store(places.store)
    current = shared.evidence(store)
    require_batches(latest, current, places)
    found = arrival(file, plugins, current, shared, progress, now)
    incoming, view, new, hints = found.incoming, found.view, found.new, found.hints
    del found  # of a large ledger its rows are not needed once they are recorded
    came_late = late(file.manifest.review, view.scope, current, latest)
    added = shared.held(source_key(file, plugins)) or nothing_added(incoming)
    if new:
        added = ingested(store, incoming, now())
        incoming, added = incoming.slim(), without_ledger(added)
        shared.let_go(file, plugins, current)
        after = shared.evidence(store)
        shared.recorded(file, plugins, current, incoming, after)
        view = shared.outlook(file.manifest, after)
    gone = lost(file.folder, incoming, view.rows)
    came = {change.row.row_id for change in added.changes}
    lasting = told(file.manifest, plugins, view, ())
    retracted = alarms(proposal_cards(view.tables, file.manifest.review.id))
    fresh = (line for line in told(file.manifest, plugins, view, came) if line not in lasting)
    dateless = undated([row for row in view.rows["reports"] if row["row_id"] in came])
    clock = added.notes or clock_behind(current, latest, now())
    return Standing(
        file=file,
        plugins=plugins,
        places=places,
        store=store,
        view=view,
        latest=latest,
        fingerprint=fingerprint_of(file, view.rows, plugins),
        added=added,
        incoming=incoming,
        notes=(*plugins.warnings, *store.notes, *incoming.warnings),
        passing=(*clock, *came_late, *dateless, *fresh),
        lasting=(*retracted, *lasting),
        hints=(*vanished(gone), *likenesses(file.manifest, view, gone), *hints),
        shared=shared,
    )
