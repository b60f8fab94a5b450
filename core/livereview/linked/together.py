"""The reviews of one command, updated one after the other: all of whose evidence changed, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from livereview.fetching import Asking, Progress
from livereview.linked.currency import Currency
from livereview.linked.indexing import IndexMade, index_made
from livereview.linked.shared import Clock, Shared
from livereview.plugins import Plugins, installed
from livereview.update import Updated, unopened, update


class Together:
    """Updates of the reviews of one command, which share what they have in common.

    Of several, what was found is kept for the next run at the end of the block, also where it was interrupted; a single
    one is always looked at in full. ``asking``: whether sources ask servers; None leaves it to each manifest.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        again: bool = False,
        asking: Asking | None = None,
        now: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._paths, self._again, self._now = paths, again, now
        self._shared = Shared(now, asking)
        self._currency = Currency(self._shared)
        self._gathered = False
        self._renderers: dict[Path, set[str]] = {}
        self._plugins: dict[Path, Plugins] = {}

    @property
    def several(self) -> bool:
        """Whether more than one review is meant."""
        return len(self._paths) > 1

    def __enter__(self) -> Together:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._currency.save()

    def update(self, path: Path, progress: Progress) -> Updated:
        """One of the reviews brought up to date; before the first of several all sources are fetched."""
        if self.several and not self._gathered:
            self._gathered = True
            self._currency.gather(self._paths, progress, self._now)
        found = self._currency.found(path, self._now) if self.several and not self._again else None
        if found is not None:
            return self._noted(path, unopened(found))
        done = update(path, again=self._again, progress=progress, now=self._now, shared=self._shared)
        if self.several and done.standing is not None and not done.failures:
            self._currency.keep(path, done.standing, done.record)
        return self._noted(path, done)

    def _noted(self, path: Path, done: Updated) -> Updated:
        """Which renderers the review uses: one of them may make the index of its folder."""
        used = (name.partition("/") for name in done.record.fingerprint["plugins"])
        self._renderers.setdefault(path.parent, set()).update(name for kind, _, name in used if kind == "renderer")
        if done.standing is not None:
            self._plugins.setdefault(path.parent, done.standing.plugins)
        return done

    def indexes(self) -> list[IndexMade]:
        """The index of each folder of these reviews, made anew where it is out of date."""
        return [
            index_made(folder, names, self._plugins.get(folder) or installed())
            for folder, names in self._renderers.items()
        ]
