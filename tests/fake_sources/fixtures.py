"""Fixtures for tests of sources: a server, a clock that does not wait, and the network that asks the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from fake_sources.server import FakeServer
from fake_sources.time import FakeClock
from livereview.network import Asked, Recorder, Servers

#: The day on which every test asks.
TODAY = date(2026, 3, 1)


def asked_by(source: str = "registry") -> Asked:
    """Who asks in a test."""
    return Asked(
        source=source,
        review="blina",
        options={"query": "blinatumomab", "base_url": "http://127.0.0.1"},
        today=TODAY,
        snapshot="0" * 64,
        recorded_through=datetime(2026, 2, 1, tzinfo=UTC),
    )


@pytest.fixture
def fake_clock() -> FakeClock:
    """The clock of the fixtures ``fake_server`` and ``servers``."""
    return FakeClock()


@pytest.fixture
def fake_server(fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    """A server that is asked directly, whatever proxies this machine has. Unexpected requests fail the test."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    with FakeServer(fake_clock) as server:
        yield server
    assert server.unexpected == [], "requests for which no answer was set"


@pytest.fixture
def servers(fake_clock: FakeClock) -> Iterator[Servers]:
    """Servers asked on a clock that does not wait."""
    with Servers(clock=fake_clock.clock) as found:
        yield found


@pytest.fixture
def recorder(servers: Servers, tmp_path: Path) -> Recorder:
    """The network of one source; what it keeps is below ``tmp_path / "evidence"``."""
    return Recorder(str(tmp_path / "evidence"), asked_by(), servers)
