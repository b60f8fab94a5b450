"""Whether a review is current, told without opening it: from the index, and from what changed in the store since.

It errs on one side only. A review is found current if every file it rests on is untouched and its eligibility sees no
changed row; whatever else is the case, it is opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from livereview.chronology import clock_behind
from livereview.errors import EvidenceError, ExpectedError, StoreError
from livereview.evidence.store import Added
from livereview.evidence.view import Evidence
from livereview.fetching import Progress
from livereview.history import History, Record
from livereview.ingest import Incoming, lost, nothing_added
from livereview.linked.growth import Growth, growth
from livereview.linked.index import Entry, Index, hashed, now_ns, record_files, seal, seals
from livereview.linked.shared import Clock, Shared, source_key, source_options
from livereview.manifest.models import Eligibility, Review
from livereview.manifest.reading import manifest_hash
from livereview.manifest.requirements import required_versions
from livereview.places import Places, places_in
from livereview.plugins import Plugins, installed
from livereview.publishing import in_place
from livereview.reach import strange
from livereview.standing import Standing, standing_of


@dataclass(frozen=True, kw_only=True)
class Current:
    """A review that was found current."""

    record: Record
    places: Places
    added: Added
    """What came into the store from its sources, which does not concern it."""
    warnings: tuple[str, ...]


class Currency:
    """What is known of the reviews of one command before they are opened."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self._indexes: dict[Path, Index] = {}
        self._growth: dict[tuple[str, Evidence], Growth | None] = {}
        self._lost: dict[tuple[Incoming, Evidence], str] = {}
        self._installations: dict[Plugins, str] = {}

    def save(self) -> None:
        """Write what was found, for the next run."""
        for index in self._indexes.values():
            index.save()

    def gather(self, paths: Iterable[Path], progress: Progress, now: Clock) -> None:
        """Fetch and record what the sources of all reviews have, so that the first is analysed on the same evidence as
        the last. A review that is refused says why when its turn comes."""
        done: set[object] = set()
        for path in paths:
            try:
                key = self._sources(path)
                if key in done:
                    continue
                standing = standing_of(path, progress, now, self.shared)
                self.shared.hold(standing.file, standing.plugins, standing.added)
            except EvidenceError:
                pass  # the same for every review with these sources
            except ExpectedError:
                continue
            done.add(key)

    def _sources(self, path: Path) -> object:
        entry = self._index(path).entries.get(path.name)
        if entry is not None and entry.manifest == manifest_hash(path):
            return installed(entry.disable), str(path.parent.absolute()), entry.sources
        return source_key(*self.shared.look_into(path))

    def _index(self, path: Path) -> Index:
        folder = path.parent.absolute()
        if folder not in self._indexes:
            self._indexes[folder] = Index(folder)
        return self._indexes[folder]

    # --- found ---------------------------------------------------------------------------------------------------

    def found(self, path: Path, now: Clock) -> Current | None:
        """A review that is current; None where it has to be opened to know."""
        index = self._index(path)
        entry = index.entries.get(path.name)
        if entry is None:
            return None
        try:
            kept = self._kept(path, entry, index, now)
        except (ExpectedError, OSError, ValueError, KeyError, TypeError):  # in doubt the full path says what is wrong
            return None
        return kept

    def _kept(self, path: Path, entry: Entry, index: Index, now: Clock) -> Current | None:
        plugins = installed(entry.disable)
        if entry.manifest != manifest_hash(path) or entry.installation != self._installation(plugins):
            return None
        places = places_in(path.parent, Review.model_validate_json(entry.review).id, entry.store)
        checked_at = now_ns()
        record = _untouched(entry, places)
        if record is None or record.fingerprint["manifest"] != entry.manifest or record.content["failures"]:
            return None
        required = record.fingerprint.get("requires", {})
        if required_versions(required) != required:
            return None
        store = self.shared.store(places.store)
        evidence = self.shared.evidence(store)
        sources = (plugins, str(path.parent.absolute()), entry.sources)
        incoming = self.shared.settled(sources, evidence)
        if incoming is None or entry.lost != self._lost_hash(path.parent, incoming, evidence):
            return None
        if entry.snapshot != evidence.snapshot and self._sees_changes(entry, index, places, evidence):
            return None
        fresh = replace(entry, snapshot=evidence.snapshot, looked_at=checked_at)
        index.put(path.name, fresh, (batch.id for batch in evidence.batches))
        added = self.shared.held(sources) or nothing_added(incoming)
        passing = added.notes or clock_behind(evidence, record, now())
        notes = (*plugins.warnings, *store.notes, *incoming.warnings, *passing, *entry.warnings)
        return Current(record=record, places=places, added=added, warnings=notes)

    def _sees_changes(self, entry: Entry, index: Index, places: Places, evidence: Evidence) -> bool:
        """Whether the review may see what changed in the store since."""
        if entry.hinted:
            return True
        key = (entry.snapshot, evidence)
        if key not in self._growth:
            self._growth[key] = None
            batches = index.snapshots.get(entry.snapshot)
            if batches is not None and batches <= {batch.id for batch in evidence.batches}:
                with suppress(StoreError):
                    before = self.shared.evidence(self.shared.store(places.store), batches)
                    self._growth[key] = growth(self.shared.tables(before), self.shared.tables(evidence))
        changed = self._growth[key]
        if changed is None or changed.lost or (changed.found and entry.strange):
            return True
        eligibility = Eligibility.model_validate_json(entry.eligibility)
        return changed.seen_by(eligibility, Review.model_validate_json(entry.review), entry.replicated)

    def _lost_hash(self, folder: Path, incoming: Incoming, evidence: Evidence) -> str:
        """The rows of the whole store that the sheets no longer hold."""
        key = (incoming, evidence)
        if key not in self._lost:
            rows = lost(folder, incoming, self.shared.tables(evidence))
            self._lost[key] = hashed(*sorted(f"{place} {row['row_id']}" for place, _, row in rows))
        return self._lost[key]

    def _installation(self, plugins: Plugins) -> str:
        if plugins not in self._installations:
            self._installations[plugins] = hashed(*(repr(line) for line in plugins.listed()))
        return self._installations[plugins]

    # --- kept ----------------------------------------------------------------------------------------------------

    def keep(self, path: Path, standing: Standing, record: Record) -> None:
        """Remember that a review is current, unless a part of it failed or somebody is changing its files."""
        places, evidence = standing.places, standing.view.evidence
        looked_at = now_ns()
        history = seals(places.history, record_files(places.history))
        report = seals(places.report, record.content["files"])
        if (
            record.content["failures"]
            or standing.failures
            or dict(record.fingerprint) != dict(standing.fingerprint)
            or history is None
            or report is None
            or not in_place(places.report, record.content["files"])
        ):
            return
        latest = History(places.history).latest()
        if latest is None or latest.name != record.name:
            return
        manifest = standing.file.manifest
        entry = Entry(
            manifest=standing.file.sha256,
            installation=self._installation(standing.plugins),
            disable=manifest.plugins.disable,
            sources=source_options(manifest, standing.plugins),
            store=manifest.evidence.store,
            snapshot=evidence.snapshot,
            record=record.name,
            review=manifest.review.model_dump_json(by_alias=True),
            eligibility=manifest.eligibility.model_dump_json(by_alias=True),
            replicated=manifest.replicated,
            strange=strange(manifest, standing.view.tables),
            lost=self._lost_hash(path.parent, standing.incoming, evidence),
            warnings=(*standing.lasting, *standing.hints),
            hinted=bool(standing.hints),
            history=history,
            report=report,
            looked_at=looked_at,
        )
        self._index(path).put(path.name, entry, (batch.id for batch in evidence.batches))


def _untouched(entry: Entry, places: Places) -> Record | None:
    """The last record, if history and report are as they were; None if not, or if that is not certain."""
    if record_files(places.history) != sorted(entry.history):
        return None
    record = History(places.history).intact(entry.record)
    if record is None or set(record.content["files"]) != set(entry.report):
        return None
    for name, known in entry.history.items():
        old = name != f"{entry.record}.json"
        if seal(places.history / name) != tuple(known) or (
            old and entry.doubtful(known) and History(places.history).intact(Path(name).stem) is None
        ):
            return None
    doubtful: dict[str, str] = {}
    for name, known in entry.report.items():
        if seal(places.report / name) != tuple(known):
            return None
        if entry.doubtful(known):
            doubtful[name] = record.content["files"][name]
    return record if in_place(places.report, doubtful) else None
