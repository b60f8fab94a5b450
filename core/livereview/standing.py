"""What a review stands on before anything is analysed: what its sources have is fetched, checked and stored first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from livereview.assembly import fingerprint_of
from livereview.changes import evidence_hash
from livereview.evidence.store import Added, Store
from livereview.history import History, Record
from livereview.ingest import Progress, fetched, ingested, merged, vanished
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import Places, opened, places_of, require_batches, require_own_id
from livereview.plugins import Plugins
from livereview.reach import out_of_reach
from livereview.report import Failure
from livereview.scrutiny import require_possible, told

Clock = Callable[[], datetime]


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
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]


def standing_of(path: Path, progress: Progress, now: Clock) -> Standing:
    """Fetch, check and store what is new, then see what the review stands on."""
    file, plugins = opened(path)
    places = places_of(file)
    latest = History(places.history).latest()
    if latest is None or latest.fingerprint["manifest"] != file.sha256:
        require_own_id(file)
    store = Store(places.store)
    current = store.evidence()
    require_batches(latest, current, places)
    incoming = fetched(file, plugins, current, progress)
    expected = merged(current, incoming)
    view = outlook(file.manifest, expected)
    mistakes, hints = out_of_reach(file.manifest, view.tables, view.scope)
    if mistakes:
        raise file.error(mistakes)
    require_possible(file.manifest, plugins, view, current, incoming)
    added = Added(batch=None, recorded_at=None, changes=(), unchanged=len(incoming.checked.rows))
    if expected is not current:
        added = ingested(store, incoming, now())
        view = outlook(file.manifest, store.evidence())
    return Standing(
        file=file,
        plugins=plugins,
        places=places,
        store=store,
        view=view,
        latest=latest,
        fingerprint=fingerprint_of(
            file, evidence_hash(view.rows), plugins, {row["instrument"] for row in view.rows["appraisals"]}
        ),
        added=added,
        failures=incoming.failures,
        warnings=(
            *plugins.warnings,
            *added.notes,
            *incoming.notes,
            *vanished(file, incoming, view.rows),
            *hints,
            *told(file.manifest, plugins, view, {change.row.row_id for change in added.changes}),
        ),
    )
