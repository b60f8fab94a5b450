"""A session: what it sends, and that it ends in the same answer whatever passes on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fake_sources import (
    FakeServer,
    Response,
    cut_json,
    empty,
    gzipped,
    html,
    json_page,
    reset,
    server_error,
    too_many,
    truncated,
    unavailable_as_text,
    wrong_charset,
)
from livereview.network import Recorder, Replay, kept_runs
from livereview.types import PluginError

PAGE = '{"studies": [{"id": "NCT01207388", "title": "Größe τ²"}]}'.encode()

PASSING = {
    "429": too_many(),
    "429 with seconds": too_many("1"),
    "429 with a date": too_many("Sun, 01 Mar 2026 12:00:30 GMT"),
    "500": server_error(),
    "502": server_error(502),
    "503 in text": unavailable_as_text(),
    "503 with seconds": unavailable_as_text("2"),
    "504": server_error(504),
    "empty": empty(),
    "blank": json_page(b"\n \n"),
    "truncated": truncated(PAGE),
    "cut JSON": cut_json(),
    "a web page": html(),
    "reset": reset(),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_what_may_pass_is_asked_again(fault: Response, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", fault, fault, json_page(PAGE))
    answer = recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a b"})
    assert answer.content == PAGE
    assert [asked.query for asked in fake_server.requests] == [{"query": "a b"}] * 3


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_what_lasts_is_given_up_in_words(fault: Response, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", fault)
    with pytest.raises(PluginError) as error:
        recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a b"})
    said = str(error.value)
    assert len(fake_server.requests) == 5
    assert said.startswith("127.0.0.1/studies: ")
    assert "asked 5 times in" in said
    assert said.endswith("Run again later: nothing was lost, and what was recorded stays.")
    assert "203.0.113.7" not in said
    assert recorder.run.exchanges == ()


@pytest.mark.parametrize("good", [json_page(PAGE), gzipped(PAGE), wrong_charset(PAGE)])
def test_an_answer_is_its_unpacked_bytes(good: Response, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", good)
    answer = recorder.session(fake_server.base, per_second=1).get("/studies")
    assert answer.content == PAGE
    assert answer.json() == json.loads(PAGE)


def test_a_kept_run_answers_as_the_servers_did(fake_server: FakeServer, recorder: Recorder, tmp_path: Path) -> None:
    fake_server.answer("/studies", json_page(PAGE, X_Next_Page_Token="t"))
    fake_server.answer("/studies", json_page(b"{}"), query={"pageToken": "t"})
    live = recorder.session(fake_server.base, per_second=1)
    answers = [live.get("/studies"), live.get("/studies", {"pageToken": "t"})]
    live.note_version("2026-02-28T09:00:05")
    recorder.keep_run()
    [run] = kept_runs(recorder.location)
    assert run == recorder.run
    assert run.versions == ("2026-02-28T09:00:05",)
    assert "base_url" not in run.asked.options
    kept = Replay(recorder.location, run).session("http://elsewhere.invalid", per_second=1)
    assert [kept.get("/studies"), kept.get("/studies", {"pageToken": "t"})] == answers
