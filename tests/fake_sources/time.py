"""A clock on which waiting takes no time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from livereview.network.turns import Clock

#: When the clock of every test starts.
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    """Seconds pass only while somebody sleeps; chance is always the same."""

    seconds: float = 0.0
    waited: list[float] = field(default_factory=list)
    """Every sleep."""
    chance: float = 0.5

    def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        self.waited.append(seconds)
        self.seconds += seconds

    @property
    def clock(self) -> Clock:
        """As the network takes it."""
        return Clock(
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
            now=lambda: START + timedelta(seconds=self.seconds),
            chance=lambda: self.chance,
        )
