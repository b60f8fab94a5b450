"""A replay: the answers of a kept run, byte for byte, and nobody is asked."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from fake_sources import FakeClock, FakeServer, json_page, plain, server_error, too_many, xml_page
from livereview import Answer
from livereview.network import Recorder, Replay, kept_runs
from livereview.sources import Network
from livereview.types import PluginError


def everything(network: Network, base: str, other: str) -> list[Answer]:
    """A source that asks two servers in many ways."""
    first = network.session(base, per_second=1)
    found = [first.get("/studies", {"page": str(page)}) for page in range(3)]
    found.append(first.get("/studies", {"page": "1"}))
    found.append(first.get("/studies/NCT1", accept=(200, 404)))
    second = network.session(other + "/", per_second=5, secrets={"api_key": "NO_SUCH_VARIABLE"})
    found.append(second.get("/studies", {"page": "1", "api_key": "not sent"}))
    found.append(second.post("efetch", {"b": "2", "a": "1"}, kind="xml"))
    found.append(network.session(base, per_second=1).get("/studies", {"page": "1"}))
    first.note_version("1")
    return found


def test_a_replay_answers_byte_for_byte_and_asks_nobody(
    fake_server: FakeServer, fake_clock: FakeClock, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeServer(fake_clock) as other:
        fake_server.answer("/studies", too_many(), json_page({"page": "any"}, X_Next_Page_Token="t", X_Other="x"))
        turn = [server_error(), json_page({"page": "1, once"}), json_page({"page": "1, twice"}), json_page({"n": 3})]
        fake_server.answer("/studies", *turn, query={"page": "1"})
        fake_server.answer("/studies/NCT1", plain("not found", 404))
        other.answer("/studies", json_page({"page": "of another server"}))
        other.answer("/efetch", xml_page(b"<a/>"))
        live = everything(recorder, fake_server.base, other.base)
        recorder.keep_run()
        asked = len(fake_server.requests) + len(other.requests)

    def refused(*args: object) -> None:
        raise AssertionError("a replay opened a socket")

    monkeypatch.setattr(socket, "socket", refused)
    [run] = kept_runs(recorder.location)
    assert everything(Replay(recorder.location, run), "https://a.org", "https://b.org/api/") == live
    assert everything(Replay(recorder.location, run), "https://a.org", "https://b.org/api/") == live
    assert asked == len(live) + 2, "the two faults and nothing else were asked again"
    assert [item.json()["page"] for item in live[:3]] == ["any", "1, once", "any"]


def test_a_source_sees_the_headers_that_are_kept(fake_server: FakeServer, recorder: Recorder) -> None:
    seen: list[set[str]] = []
    fake_server.answer("/studies", json_page({}, X_Next_Page_Token="t", X_Total_Count="1", X_Other="x"))
    session = recorder.session(fake_server.base, per_second=1)
    answer = session.get("/studies", fault=lambda answer: seen.append(set(answer.headers)))
    assert set(answer.headers) == {"content-type", "date", "x-next-page-token", "x-total-count"}
    assert seen == [set(answer.headers)]


def test_what_was_not_asked_then_is_not_answered(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page({}))
    recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a"})
    session = Replay(recorder.location, recorder.run).session(fake_server.base, per_second=1)
    for parameters in ({"query": "b c"}, {}, {"query": "a", "page": "2"}):
        with pytest.raises(PluginError, match=r"was not asked in the kept run of 2026-03-01\. Run without --offline"):
            session.get("/studies", parameters)
    with pytest.raises(PluginError, match=r"^/studies\?query=a: was not asked in"):
        session.post("/studies", {"query": "a"})
    session.get("/studies", {"query": "a"})
    with pytest.raises(PluginError, match=r"^/studies\?query=a: was not asked so often in the kept run"):
        session.get("/studies", {"query": "a"})
    assert len(fake_server.requests) == 1


def test_two_servers_that_became_one_are_told_apart_where_they_must(
    fake_server: FakeServer, fake_clock: FakeClock, recorder: Recorder
) -> None:
    with FakeServer(fake_clock) as other:
        for server, own in ((fake_server, "/a"), (other, "/b")):
            server.answer(own, json_page({"own": own}))
            server.answer("/both", json_page({"both": own}))
            session = recorder.session(server.base, per_second=1)
            session.get(own)
            session.get("/both")
    one = Replay(recorder.location, recorder.run).session("https://a.org", per_second=1)
    assert [one.get("/b").json(), one.get("/a").json()] == [{"own": "/b"}, {"own": "/a"}]
    assert one.get("/both").json() == {"both": "/a"}
    with pytest.raises(PluginError, match="was not asked so often"):
        one.get("/both")


def test_a_kept_answer_is_held_to_what_the_source_wants_now(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page({"error": "later"}))
    fake_server.answer("/studies/NCT1", plain("not found", 404))
    live = recorder.session(fake_server.base, per_second=1)
    live.get("/studies")
    live.get("/studies/NCT1", accept=(404,))
    kept = Replay(recorder.location, recorder.run).session(fake_server.base, per_second=1)
    with pytest.raises(PluginError, match=r"^/studies: the answer kept then said later, which this version does not"):
        kept.get("/studies", fault=lambda answer: f"said {answer.json()['error']}")
    with pytest.raises(PluginError, match=r"the answer kept then answered 404 \(not found\)"):
        kept.get("/studies/NCT1")


def test_the_network_is_imported_without_the_http_library() -> None:
    script = (
        "import sys, livereview, livereview.network; print([n for n in ('urllib3', 'http.client') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
