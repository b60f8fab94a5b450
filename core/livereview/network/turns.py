"""Turns: when a server may be asked next. All sources of one run share them, so that together they keep its rate.

Times are seconds of a monotonic clock.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from urllib.parse import urlsplit

_LONG = 5.0


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Time and chance, so that a test need not wait and repeats itself."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    """A number from 0 to 1."""


class Turns:
    """The next turn of each server (scheme, host and port). ``waiting`` is told before a wait of 5 s or more."""

    def __init__(self, clock: Clock, waiting: Callable[[str], None]) -> None:
        self._clock, self._waiting = clock, waiting
        self._gaps: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._lock = Lock()

    def limit(self, server: str, per_second: float) -> None:
        """Ask a server at most so often from now on; of several limits the strictest holds."""
        if not per_second > 0:
            raise ValueError(f"per_second must be more than 0, not {per_second}")
        with self._lock:
            self._gaps[server] = max(1 / per_second, self._gaps.get(server, 0))

    def pause(self, server: str, seconds: float) -> None:
        """Ask a server nothing for so long."""
        with self._lock:
            self._next[server] = max(self._clock.monotonic() + seconds, self._next.get(server, 0))

    def take(self, server: str) -> None:
        """Wait for the next turn and take it."""
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._next.get(server, now))
            self._next[server] = turn + self._gaps.get(server, 0)
        if turn - now >= _LONG:
            self._waiting(f"waiting {turn - now:.0f} s before {urlsplit(server).hostname} is asked again")
        if turn > now:
            self._clock.sleep(turn - now)
