"""Turns: no server is asked more often than it takes, whoever asks."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from fake_sources import FakeClock, FakeServer, json_page, moved, server_error, too_many
from fake_sources.fixtures import asked_by
from livereview.network import Recorder, Servers
from livereview.network.turns import Clock, Turns


def gaps(server: FakeServer) -> list[float]:
    """Seconds between the requests that arrived."""
    times = [asked.at for asked in server.requests]
    return [round(later - earlier, 9) for earlier, later in pairwise(times)]


def test_a_server_is_asked_no_more_often_than_it_takes(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page({}))
    session = recorder.session(fake_server.base, per_second=4)
    for _ in range(5):
        session.get("/studies")
    assert gaps(fake_server) == [0.25] * 4


def test_time_that_passed_is_not_waited_for_again(
    fake_server: FakeServer, recorder: Recorder, fake_clock: FakeClock
) -> None:
    fake_server.answer("/studies", json_page({}))
    session = recorder.session(fake_server.base, per_second=1)
    session.get("/studies")
    fake_clock.seconds += 0.75
    session.get("/studies")
    fake_clock.seconds += 10
    session.get("/studies")
    assert fake_server.waited == [0.25]


@pytest.mark.parametrize("paces", [(10, 2), (2, 10)])
def test_two_sources_of_one_server_take_turns_at_the_slower_pace(
    paces: tuple[float, float], fake_server: FakeServer, servers: Servers, tmp_path: Path
) -> None:
    fake_server.answer("/studies", json_page({}))
    sessions = [
        Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=pace) for pace in paces
    ]
    for _ in range(3):
        for session in sessions:
            session.get("/studies")
    assert gaps(fake_server) == [0.5] * 5


def test_servers_are_counted_apart(fake_server: FakeServer, fake_clock: FakeClock, recorder: Recorder) -> None:
    with FakeServer(fake_clock) as other:
        for server in (fake_server, other):
            server.answer("/studies", json_page({}))
            recorder.session(server.base, per_second=1).get("/studies")
    assert fake_server.waited == []


def test_tries_and_what_is_sent_on_take_turns_too(
    fake_server: FakeServer, recorder: Recorder, fake_clock: FakeClock
) -> None:
    fake_clock.chance = 0.0
    fake_server.answer("/old", server_error(), moved("/new"))
    fake_server.answer("/new", json_page({}))
    recorder.session(fake_server.base, per_second=0.5).get("/old")
    assert gaps(fake_server) == [2.0, 2.0]


def test_what_one_source_was_told_to_wait_holds_for_the_others(
    fake_server: FakeServer, servers: Servers, tmp_path: Path
) -> None:
    fake_server.answer("/a", too_many("60"), json_page({}))
    fake_server.answer("/b", json_page({}))
    one = Recorder(str(tmp_path), asked_by("one"), servers).session(fake_server.base, per_second=1)
    other = Recorder(str(tmp_path), asked_by("other"), servers).session(fake_server.base, per_second=1)
    one.get("/a")
    other.get("/b")
    assert gaps(fake_server) == [60.0, 1.0]


def test_a_long_wait_is_told(fake_server: FakeServer, fake_clock: FakeClock, tmp_path: Path) -> None:
    told: list[str] = []
    fake_server.answer("/studies", too_many("4"), too_many("30"), json_page({}))
    with Servers(clock=fake_clock.clock, waiting=told.append) as servers:
        Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=1).get("/studies")
    assert told == ["waiting 30 s before 127.0.0.1 is asked again"]


def test_no_pace_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must be more than 0, not 0"):
        Turns(Clock(), print).limit("a", 0)


def test_the_clock_of_this_machine_keeps_the_pace() -> None:
    turns, times = Turns(Clock(), print), []
    turns.limit("a", 50)
    for _ in range(6):
        turns.take("a")
        times.append(time.monotonic())
    assert times[-1] - times[0] >= 5 / 50 - 0.005  # sleeps end up to a tick of the clock late, and none early
