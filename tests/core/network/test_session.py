"""A session: what it sends, and that it ends in the same answer whatever passes on the way."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import livereview
from fake_sources import (
    FakeClock,
    FakeServer,
    Request,
    Response,
    cut_json,
    empty,
    gzipped,
    html,
    json_page,
    plain,
    reset,
    server_error,
    slow,
    too_many,
    truncated,
    unavailable_as_text,
    wrong_charset,
    xml_page,
)
from fake_sources.fixtures import asked_by
from livereview import Answer
from livereview.network import Recorder, Servers
from livereview.network.client import Limits
from livereview.types import PluginError

PAGE = '{"studies": [{"id": "NCT01207388", "title": "Größe τ²"}]}'.encode()
XML = '<?xml version="1.0" encoding="ISO-8859-1"?><Set><Title>Größe</Title></Set>'.encode("latin-1")
LATER = "Run again later: nothing was lost, and what was recorded stays."

#: What passes, with what a person is told where it lasts.
PASSING = {
    "429": (too_many(), "answered 429 (API rate limit exceeded)"),
    "429 with seconds": (too_many("1"), "answered 429 (API rate limit exceeded)"),
    "429 with a date": (too_many("Sun, 01 Mar 2026 12:00:30 GMT"), "answered 429 (API rate limit exceeded)"),
    "500": (server_error(), "answered 500"),
    "502": (server_error(502), "answered 502"),
    "503 in text": (unavailable_as_text(), "answered 503 (Service Unavailable)"),
    "503 with seconds": (unavailable_as_text("2"), "answered 503 (Service Unavailable)"),
    "504": (server_error(504), "answered 504"),
    "empty": (empty(), "answered with nothing (status 200)"),
    "blank": (json_page(b"\xef\xbb\xbf\n \n"), "answered with nothing (status 200)"),
    "truncated": (truncated(PAGE), "broke off before its answer was complete"),
    "a cut chunk": (replace(json_page(PAGE), chunked=True, length=0), "broke off before its answer was complete"),
    "no length": (replace(cut_json(), length=""), "answered with broken JSON (status 200; "),
    "cut JSON": (cut_json(), "answered with broken JSON (status 200; "),
    "Latin-1": (json_page('{"a": "ö"}'.encode("latin-1")), "answered with broken JSON (status 200; "),
    "too deep": (json_page(b"[" * 100_000), "answered with broken JSON (status 200; "),
    "a web page": (html(), "answered with a web page instead of JSON (status 200)"),
    "cut gzip": (
        replace(gzipped(PAGE), content=gzipped(PAGE).content[:20]),
        "answered with a broken gzip file",
    ),
    "no gzip": (replace(gzipped(PAGE), content=PAGE), "answered with a broken gzip file"),
    "another compression": (
        json_page(PAGE, Content_Encoding="br"),
        "answered in a compression that was not asked for",
    ),
    "reset": (reset(), "broke off before its answer was complete"),
}
FAULTS = pytest.mark.parametrize(("fault", "said"), PASSING.values(), ids=PASSING.keys())


@FAULTS
def test_what_passes_is_asked_again(fault: Response, said: str, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", fault, fault, json_page(PAGE))
    answer = recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a b"})
    assert answer.content == PAGE
    assert [asked.query for asked in fake_server.requests] == [{"query": "a b"}] * 3


@FAULTS
def test_what_lasts_is_given_up_in_words(
    fault: Response, said: str, fake_server: FakeServer, recorder: Recorder
) -> None:
    fake_server.answer("/studies", fault)
    with pytest.raises(PluginError) as error:
        recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a b"})
    assert len(fake_server.requests) == 5
    told = re.fullmatch(r"127\.0\.0\.1/studies: (.+), asked 5 times\. (.+)", str(error.value))
    assert told is not None
    assert told[1].startswith(said)
    assert told[2] == LATER
    assert recorder.run.exchanges == ()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(faults=st.lists(st.sampled_from([fault for fault, _ in PASSING.values()]), max_size=4))
def test_any_faults_fewer_than_the_tries_end_in_the_same_answer(
    faults: list[Response], fake_server: FakeServer, recorder: Recorder
) -> None:
    before = len(fake_server.requests)
    fake_server.answer("/studies", *faults, json_page(PAGE))
    answer = recorder.session(fake_server.base, per_second=1).get("/studies", {"query": "a b"})
    assert answer.content == PAGE
    assert len(fake_server.requests) - before == len(faults) + 1


@pytest.mark.parametrize("good", [json_page(PAGE), gzipped(PAGE), wrong_charset(PAGE), slow(PAGE, 0.2)])
def test_an_answer_is_its_unpacked_bytes(good: Response, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", good)
    answer = recorder.session(fake_server.base, per_second=1).get("/studies")
    assert answer.content == PAGE
    assert answer.json() == json.loads(PAGE)


def test_json_may_begin_with_a_byte_order_mark(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page(b"\xef\xbb\xbf" + PAGE))
    assert recorder.session(fake_server.base, per_second=1).get("/studies").json() == json.loads(PAGE)


def test_xml_is_read_in_the_encoding_that_it_declares(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/efetch", xml_page(XML))
    assert recorder.session(fake_server.base, per_second=1).get("/efetch", kind="xml").content == XML


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (xml_page(XML[:-4]), "answered with broken XML (status 200; "),
        (html(), "answered with a web page instead of XML"),
        (xml_page(b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"), "answered with a web page"),
        (empty(), "answered with nothing"),
    ],
)
def test_xml_that_is_none_is_asked_for_again(
    wrong: Response, said: str, fake_server: FakeServer, recorder: Recorder
) -> None:
    fake_server.answer("/efetch", wrong, xml_page(XML))
    session = recorder.session(fake_server.base, per_second=1)
    assert session.get("/efetch", kind="xml").content == XML
    fake_server.answer("/efetch", wrong)
    with pytest.raises(PluginError, match=re.escape(said)):
        session.get("/efetch", kind="xml")
    assert len(fake_server.requests) == 2 + 5


def test_xml_with_an_entity_is_refused_at_once(fake_server: FakeServer, recorder: Recorder) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c SYSTEM "file:///etc/passwd">]><a>&b;&c;</a>'
    fake_server.answer("/efetch", xml_page(bomb))
    with pytest.raises(PluginError, match="defines an entity"):
        recorder.session(fake_server.base, per_second=1).get("/efetch", kind="xml")
    assert len(fake_server.requests) == 1
    assert recorder.run.exchanges == ()


def test_text_may_be_anything_but_nothing(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", empty(), plain("NCT Number,Title\n"))
    assert recorder.session(fake_server.base, per_second=1).get("/studies", kind="text").text == "NCT Number,Title\n"


def limit_reached(answer: Answer) -> str | None:
    said: str | None = answer.json().get("ERROR")
    return said


def test_what_a_source_calls_a_fault_is_asked_again(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/esearch", json_page({"ERROR": "\x1b[31mtry\nlater"}), json_page(PAGE))
    session = recorder.session(fake_server.base, per_second=1)
    assert session.get("/esearch", fault=limit_reached).content == PAGE
    fake_server.answer("/esearch", json_page({"ERROR": "\x1b[31mtry\nlater"}))
    with pytest.raises(PluginError, match=r"^127\.0\.0\.1/esearch: \[31mtry later, asked 5 times"):
        session.get("/esearch", fault=limit_reached)


# --- what is asked ------------------------------------------------------------------------------------------------


def test_a_request_says_who_asks_and_nothing_of_the_person(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page(PAGE))
    recorder.session(fake_server.base, per_second=1).get("/studies")
    [asked] = fake_server.requests
    assert asked.headers["user-agent"] == f"livereview/{livereview.__version__}"
    assert set(asked.headers) == {"user-agent", "accept", "accept-encoding", "host"}
    assert asked.raw_path == "/studies"


def test_a_form_is_posted(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/searchPOST", server_error(), json_page(PAGE))
    recorder.session(fake_server.base, per_second=1).post("searchPOST", {"query": "a&b=c é", "page": ""})
    assert [(asked.method, asked.form) for asked in fake_server.requests] == [
        ("POST", {"query": "a&b=c é", "page": ""})
    ] * 2


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/details/medrxiv/10.1101/2020.01.01/na/json", "/details/medrxiv/10.1101/2020.01.01/na/json"),
        ("details/10.1002/(SICI)1<1::AID>3.0.CO;2-X", "/details/10.1002/(SICI)1%3C1::AID%3E3.0.CO;2-X"),
        ("/studies/a?b#c", "/studies/a%3Fb%23c"),
        ("/studies/a%2Fb", "/studies/a%2Fb"),
        ("/studies/5% é", "/studies/5%25%20%C3%A9"),
        ("", "/"),
    ],
)
def test_a_path_stays_a_path(path: str, sent: str, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer(re.sub("%2F", "/", f"/{path.lstrip('/')}"), json_page(PAGE))
    recorder.session(fake_server.base + "/", per_second=1).get(path)
    assert fake_server.requests[0].raw_path == sent


@pytest.mark.parametrize("path", ["/studies/../admin", "..", "/a/%2e%2E/b", "/a/./b", "a\\..\\b"])
def test_a_path_that_leads_elsewhere_is_not_asked(path: str, fake_server: FakeServer, recorder: Recorder) -> None:
    with pytest.raises(PluginError, match="leads out of the server's address"):
        recorder.session(fake_server.base, per_second=1).get(path)
    assert fake_server.requests == []


def test_half_a_sign_is_not_sent(fake_server: FakeServer, recorder: Recorder) -> None:
    session = recorder.session(fake_server.base, per_second=1)
    for path, query in (("/a\ud800", "a"), ("/a", "\udc00")):
        with pytest.raises(PluginError, match="half a sign"):
            session.get(path, {"query": query})


def test_a_number_is_no_parameter(fake_server: FakeServer, recorder: Recorder) -> None:
    with pytest.raises(TypeError, match="/studies: the parameter pageSize is int, and would have to be str"):
        recorder.session(fake_server.base, per_second=1).get("/studies", {"pageSize": 100})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "base",
    ["", "clinicaltrials.gov", "ftp://a.org", "https://", "https://me:pw@a.org", "https://a.org/?x=1", "http://a b"],
)
def test_a_base_that_is_no_address_is_refused(base: str, recorder: Recorder) -> None:
    with pytest.raises(PluginError, match="is not the address of a server") as error:
        recorder.session(base, per_second=1)
    assert "pw" not in str(error.value)


# --- what is not asked again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (plain("`query.cond` has\r\na mistake", 400), "answered 400 (`query.cond` has a mistake). Asked again"),
        (plain("x" * 500, 400), f"answered 400 ({'x' * 199}…). Asked again"),
        (plain("", 404), "answered 404. Asked again"),
        (json_page({"errCode": 400, "errMsg": "no query"}, 400), "answered 400 (no query). Asked again"),
        (json_page({"error": {"message": "no query"}}, 400), "answered 400 (no query). Asked again"),
        (json_page([{"detail": "no query"}], 422), "answered 422 (no query). Asked again"),
        (json_page({"api-key": "203.0.113.7"}, 400), "answered 400. Asked again"),
        (json_page(b'{"error": ', 400), "answered 400. Asked again"),
        (server_error(404), "answered 404. Asked again"),
        (server_error(401), "answered 401. The server refuses"),
        (plain("from 203.0.113.7:80, ::ffff:203.0.113.7 or 2001:db8::1.", 403),
         "answered 403 (from [address]:80, [address] or [address].). The server refuses"),
        (server_error(501), "answered 501. Asked again"),
        (plain("", 204), "answered 204. Asked again"),
    ],
)  # fmt: skip
def test_what_will_not_pass_is_told_at_once(
    answer: Response, said: str, fake_server: FakeServer, recorder: Recorder
) -> None:
    fake_server.answer("/studies", answer)
    with pytest.raises(PluginError) as error:
        recorder.session(fake_server.base, per_second=1).get("/studies")
    assert str(error.value).startswith(f"127.0.0.1/studies: {said}")
    assert len(fake_server.requests) == 1


def test_a_status_that_is_accepted_is_an_answer(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies/NCT1", plain("NCT1 not found", 404))
    fake_server.answer("/studies/NCT2", unavailable_as_text(), json_page(PAGE))
    session = recorder.session(fake_server.base, per_second=1)
    assert session.get("/studies/NCT1", accept=(200, 404)).status == 404
    assert session.get("/studies/NCT2", accept=(200, 404)).content == PAGE
    assert [item.status for item in recorder.run.exchanges] == [404, 200]


# --- patience -----------------------------------------------------------------------------------------------------


def test_the_wait_between_tries_doubles(fake_server: FakeServer, recorder: Recorder, fake_clock: FakeClock) -> None:
    fake_clock.chance = 1.0
    fake_server.answer("/studies", server_error())
    with pytest.raises(PluginError, match="asked 5 times"):
        recorder.session(fake_server.base, per_second=1000).get("/studies")
    assert fake_server.waited == [2, 4, 8, 16]


def test_the_same_failure_is_told_in_the_same_words(
    fake_server: FakeServer, recorder: Recorder, fake_clock: FakeClock
) -> None:
    fake_server.answer("/studies", too_many("2"))
    told = set()
    for fake_clock.chance in (0.1, 0.9):
        with pytest.raises(PluginError) as error:
            recorder.session(fake_server.base, per_second=1).get("/studies")
        told.add(str(error.value))
    assert len(told) == 1, "they stand in reports, which differ only where something is different"


@pytest.mark.parametrize(
    ("said", "waits"),
    [("7", 7), ("7.5", 7.5), ("0", 1), ("0.5", 1), ("120", 120),
     ("Sun, 01 Mar 2026 12:00:30 GMT", 30), ("Sun, 01 Mar 2026 11:00:00 GMT", 1),
     ("soon", 1), ("-5", 1), ("", 1), ("nan", 1), ("Sun, 99 Mar", 1)],
)  # fmt: skip
def test_a_server_is_left_alone_as_long_as_it_asks(
    said: str, waits: float, fake_server: FakeServer, recorder: Recorder
) -> None:
    busy = too_many(said)
    # What time it is, is what the server says: this machine's clock may be wrong.
    dated = replace(busy, headers={**busy.headers, "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, bare=True)
    fake_server.answer("/studies", dated, json_page(PAGE))
    recorder.session(fake_server.base, per_second=1000).get("/studies")
    assert fake_server.waited == [waits]


@pytest.mark.parametrize("said", ["3600", "9" * 30, "Sun, 01 Mar 2099 12:00:00 GMT"])
def test_a_server_that_wants_to_be_left_alone_for_long_is_left_alone(
    said: str, fake_server: FakeServer, recorder: Recorder
) -> None:
    fake_server.answer("/studies", too_many(said))
    with pytest.raises(
        PluginError, match=r"\(API rate limit exceeded\) and wants to be left alone for more than 120 s\. Run"
    ):
        recorder.session(fake_server.base, per_second=1).get("/studies")
    assert len(fake_server.requests) == 1
    assert fake_server.waited == []


def test_patience_ends_after_five_minutes(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", too_many("100"))
    with pytest.raises(PluginError, match=r"\(API rate limit exceeded\), asked 4 times\. Run"):
        recorder.session(fake_server.base, per_second=1).get("/studies")
    assert fake_server.waited == [100] * 3


def test_a_server_that_is_silent_is_asked_again(fake_server: FakeServer, fake_clock: FakeClock, tmp_path: Path) -> None:
    fake_server.answer("/studies", slow(PAGE, 5), json_page(PAGE))
    with Servers(clock=fake_clock.clock, limits=Limits(read=0.2)) as servers:
        session = Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=1)
        assert session.get("/studies").content == PAGE
        assert len(fake_server.requests) == 2
        fake_server.answer("/studies", slow(PAGE, 5))
        with pytest.raises(PluginError, match=r"did not answer within 0\.2 s, asked 5 times"):
            session.get("/studies")


def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for(fake_server: FakeServer, tmp_path: Path) -> None:
    fake_server.answer("/studies", replace(json_page(PAGE), dribble=0.05))
    with Servers(limits=Limits(read=0.5, patience=0.4)) as servers:
        session = Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=100)
        with pytest.raises(PluginError, match=r"had sent only a part of its answer when time was up"):
            session.get("/studies")
    assert len(fake_server.requests) == 1


def test_ctrl_c_passes_while_waiting(fake_server: FakeServer, fake_clock: FakeClock, tmp_path: Path) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    fake_server.answer("/studies", server_error())
    with Servers(clock=replace(fake_clock.clock, sleep=interrupt)) as servers:
        session = Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=1000)
        with pytest.raises(KeyboardInterrupt):
            session.get("/studies")
    assert len(fake_server.requests) == 1


def test_ctrl_c_while_reading_leaves_nothing_for_the_next_answer(
    fake_server: FakeServer, fake_clock: FakeClock, tmp_path: Path
) -> None:
    pressed = []

    def press(asked: Request) -> Response:
        pressed.append(asked)
        return json_page(b'{"long": "%s"}' % (b"x" * 1_000_000))

    def monotonic() -> float:
        if pressed:
            pressed.clear()
            raise KeyboardInterrupt
        return fake_clock.seconds

    fake_server.answer("/studies", press, json_page(PAGE))
    with Servers(clock=replace(fake_clock.clock, monotonic=monotonic)) as servers:
        recorder = Recorder(str(tmp_path), asked_by(), servers)
        session = recorder.session(fake_server.base, per_second=1000)
        with pytest.raises(KeyboardInterrupt):
            session.get("/studies")
        assert recorder.run.exchanges == ()
        assert session.get("/studies").content == PAGE
