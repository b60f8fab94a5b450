"""What the reviews of one command share: each store read once, each source fetched once, each outcome analysed once.

It lives as long as one command. What it holds is a function of what it was made from (the batches of a store, what a
source returned, the content of an outcome), so that a review comes out the same with it as on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from livereview.changes import Tables, tables_of
from livereview.chronology import latest_day
from livereview.evidence.compaction import Verified, verified
from livereview.evidence.store import Added, Store
from livereview.evidence.view import Evidence
from livereview.fetching import Asking, Brought, Occasion, Progress, brought
from livereview.ingest import Incoming, looked_through
from livereview.manifest.models import Manifest
from livereview.manifest.reading import ManifestFile
from livereview.outlook import Outlook, outlook
from livereview.places import opened, places_of, review_ids
from livereview.plugins import Plugins
from livereview.report import OutcomeResult
from livereview.sources import DataSource

if TYPE_CHECKING:
    from livereview.network import Servers

Clock = Callable[[], datetime]


class Shared:
    """The stores, sources and outcomes that several reviews of one command have in common.

    ``asking`` says what becomes of sources that ask servers; None leaves it to each manifest. Only an update asks.
    """

    def __init__(self, now: Clock = lambda: datetime.now(UTC), asking: Asking | None = "off") -> None:
        self.outcomes: dict[str, Future[OutcomeResult]] = {}
        """Outcomes that are analysed already, or on the way, by the hash of all they are made from."""
        self._now, self._asking = now, asking
        self._today = latest_day(now())
        self._servers: Servers | None = None
        self._stores: dict[str, Store] = {}
        self._verified: dict[str, tuple[Verified, Evidence]] = {}
        self._evidence: dict[tuple[str, str], Evidence] = {}
        self._tables: dict[Evidence, Tables] = {}
        self._brought: dict[Hashable, Brought] = {}
        self._incoming: dict[Hashable, Incoming] = {}
        self._added: dict[Hashable, Added] = {}
        self._opened: dict[Path, tuple[ManifestFile, Plugins]] = {}
        self._ids: dict[Path, dict[Path, str]] = {}

    # --- the manifest --------------------------------------------------------------------------------------------

    def opened(self, path: Path) -> tuple[ManifestFile, Plugins]:
        """A manifest and its plugins, as ``look_into`` found it, or read now."""
        return self._opened.pop(path, None) or opened(path)

    def look_into(self, path: Path) -> tuple[ManifestFile, Plugins]:
        """A manifest and its plugins, kept for when its turn comes."""
        self._opened[path] = opened(path)
        return self._opened[path]

    def review_ids(self, folder: Path) -> dict[Path, str]:
        """The review id of each manifest of a folder, read once: a thousand reviews would each read a thousand."""
        if folder not in self._ids:
            self._ids[folder] = review_ids(folder)
        return self._ids[folder]

    # --- the store -----------------------------------------------------------------------------------------------

    def store(self, location: Path | str) -> Store:
        """The store at a place, which reads each batch once."""
        name = location if isinstance(location, str) else str(location.absolute())
        return self._stores.setdefault(name, Store(location))

    def evidence(self, store: Store, batches: Iterable[str] | None = None) -> Evidence:
        """What a store holds now, or of some batches; the same object for the same batches."""
        found = store.evidence(batches=batches)
        return self._evidence.setdefault((store.location, found.snapshot), found)

    def verified(self, location: Path | str, progress: Progress) -> tuple[Verified, Evidence]:
        """A store of which every batch was read from its own file, once for all reviews, and what it holds now."""
        name = location if isinstance(location, str) else str(location.absolute())
        if name not in self._verified:
            found = verified(location, progress)
            self._verified[name] = found, Evidence(found.batches)
        return self._verified[name]

    def tables(self, evidence: Evidence) -> Tables:
        """All current rows by table, read once. Callers must not change them."""
        if evidence not in self._tables:
            self._tables[evidence] = tables_of(evidence)
        return self._tables[evidence]

    def outlook(self, manifest: Manifest, evidence: Evidence) -> Outlook:
        """What a review sees of the evidence."""
        return outlook(manifest, evidence, self.tables(evidence))

    # --- the sources ---------------------------------------------------------------------------------------------

    def incoming(self, file: ManifestFile, plugins: Plugins, current: Evidence, progress: Progress) -> Incoming:
        """What the sources of a manifest have, checked against the current evidence; both once for all reviews with
        these sources."""
        sources = source_key(file, plugins)
        if sources not in self._brought:
            asking = file.manifest.network.asking if self._asking is None else self._asking
            store = self.store(places_of(file).store)
            if asking == "online" and self._servers is None:
                self._servers = _servers()
            occasion = Occasion(asking=asking, store=store, current=current, now=self._now(), servers=self._servers)
            self._brought[sources] = brought(file, plugins, progress, occasion)
        return self._checked(sources, current)

    def _checked(self, sources: Hashable, current: Evidence) -> Incoming:
        if (sources, current) not in self._incoming:
            found = self._brought[sources]
            self._incoming[sources, current] = looked_through(found, current, self.tables(current), self._today)
        return self._incoming[sources, current]

    def settled(self, sources: Hashable, current: Evidence) -> Incoming | None:
        """What sources had, if they were fetched in this command without trouble and the evidence has all of it."""
        if sources not in self._brought:
            return None
        found = self._checked(sources, current)
        return found if not found.problems and not found.failures and found.identities <= current.identities else None

    def let_go(self, file: ManifestFile, plugins: Plugins, before: Evidence) -> None:
        """Forget the rows of the ledger that came in, since the store has them now: they may be a hundred thousand."""
        sources = source_key(file, plugins)
        self._incoming.pop((sources, before), None)
        self._brought[sources] = replace(self._brought[sources], foreign=())

    def recorded(
        self, file: ManifestFile, plugins: Plugins, before: Evidence, incoming: Incoming, after: Evidence
    ) -> None:
        """Remember that what came in is in the store now, and in order as it was before: the same input twice adds
        nothing. Where others have added something in the meantime it is checked again."""
        sources = source_key(file, plugins)
        own = {batch.id for batch in after.batches} - {batch.id for batch in before.batches}
        if len(own) == 1 and incoming.identities <= after.identities:
            self._incoming[sources, after] = incoming

    def hold(self, file: ManifestFile, plugins: Plugins, added: Added) -> None:
        """Keep what a source brought for the first review with it that is updated, which will say so."""
        if added.changes or added.further:
            self._added[source_key(file, plugins)] = added

    def held(self, sources: Hashable) -> Added | None:
        """What was added from some sources earlier in this command, if no review has said so yet."""
        return self._added.pop(sources, None)


def _servers() -> Servers:
    from livereview.console import tell
    from livereview.network import Servers

    return Servers(waiting=tell)


def source_key(file: ManifestFile, plugins: Plugins) -> Hashable:
    """What the rows of a review's sources depend on: the plugins, the folder where paths start, the options."""
    return plugins, str(file.folder.absolute()), source_options(file.manifest, plugins)


def source_options(manifest: Manifest, plugins: Plugins) -> tuple[str, ...]:
    """The sources of a manifest with their options, as JSON; with the review's id where it bears on them."""
    found = tuple(choice.model_dump_json() for choice in manifest.sources)
    used = [plugins.find(DataSource, choice.name) for choice in manifest.sources]
    own = any(one is not None and (one.descriptor.per_review or one.descriptor.networked) for one in used)
    return (*found, manifest.review.id) if own else found
