"""A secret is sent, and stands nowhere else: in no file, message, note, log or address, even if a server repeats it."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_sources import FakeClock, FakeServer, Request, Response, json_page, moved, plain, reset, xml_page
from fake_sources.fixtures import asked_by
from livereview import Answer
from livereview.network import Recorder, Replay, Servers, kept_runs
from livereview.network.client import Received
from livereview.network.redaction import Secrets, without_addresses
from livereview.types import PluginError

KEY = 'k3y/with+signs&"<ü>'
FORMS = (KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY)[1:-1])
NAMES = {"api_key": "NCBI_API_KEY", "email": "NCBI_EMAIL"}


@pytest.fixture
def keyed(fake_clock: FakeClock, tmp_path: Path) -> Iterator[Recorder]:
    """A recorder in an environment with a key and without an email."""
    environment = {"NCBI_API_KEY": f" {KEY}\n", "NCBI_EMAIL": "  "}
    with Servers(clock=fake_clock.clock, environment=environment) as servers:
        yield Recorder(str(tmp_path / "evidence"), asked_by(), servers)


def echoed(asked: Request) -> Response:
    """All that came, repeated."""
    said = {"api-key": asked.parameters["api_key"], "url": asked.raw_path, "title": "τ²"}
    return json_page(json.dumps(said, ensure_ascii=False).encode(), X_Total_Count=quote(KEY))


def written(folder: Path) -> str:
    """All that is kept in a folder, names included, unpacked."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found.append(str(path) + (gzip.decompress(content) if path.suffix == ".gz" else content).decode())
    return "\n".join(found)


def assert_hidden(text: str) -> None:
    """No form of the key is in a text."""
    assert [form for form in FORMS if form in text] == []


def test_a_secret_is_sent_where_it_is_set(fake_server: FakeServer, keyed: Recorder) -> None:
    fake_server.answer("/esearch", json_page({}))
    session = keyed.session(fake_server.base, per_second=10, secrets=NAMES)
    session.get("/esearch", {"term": "a"})
    session.post("/esearch", {"term": "a"})
    assert fake_server.requests[0].query == fake_server.requests[1].form == {"term": "a", "api_key": KEY}


def test_a_secret_that_a_server_repeats_is_hidden(fake_server: FakeServer, keyed: Recorder, tmp_path: Path) -> None:
    fake_server.answer("/esearch", echoed)
    fake_server.answer("/old", moved(f"/esearch?term=b&api_key={quote(KEY, safe='')}&again={quote_plus(KEY)}"))
    session = keyed.session(fake_server.base, per_second=10, secrets=NAMES)
    answers = [session.get("/esearch", {"term": "a"}), session.post("/esearch", {"term": "b"}), session.get("/old")]
    session.note_version(f"of {KEY}")
    keyed.keep_run()
    assert answers[0].json()["api-key"] == "[secret]"
    assert answers[0].json()["title"] == "τ²"
    assert answers[0].url == f"{fake_server.base}/esearch?term=a"
    for answer in answers:
        assert_hidden(answer.text + answer.url + str(answer.headers))
    files = written(tmp_path / "evidence")
    assert_hidden(files)
    assert "[secret]" in files
    [note] = keyed.notes
    assert note == (
        "127.0.0.1 repeated a key in its answer: it was replaced by [secret] before the answer was read and kept."
    )
    kept = Replay(keyed.location, kept_runs(keyed.location)[0]).session("https://a.org", per_second=1, secrets=NAMES)
    replayed = [kept.get("/esearch", {"term": "a"}), kept.post("/esearch", {"term": "b"}), kept.get("/old")]
    assert replayed == answers


def test_a_secret_among_the_options_is_hidden(fake_server: FakeServer, keyed: Recorder) -> None:
    keyed.session(fake_server.base, per_second=10, secrets=NAMES)
    given = {"query": f"a {KEY}", "more": [{"key": KEY}], "base_url": "http://a"}
    keyed._asked.options.update(given)  # type: ignore[attr-defined]
    assert keyed.run.asked.options == {"query": "a [secret]", "more": [{"key": "[secret]"}]}


@pytest.mark.parametrize(
    "answer",
    [
        plain(f"bad key {KEY} from {quote_plus(KEY)}", 400),
        plain(f"{'x' * 190}{KEY}", 400),
        json_page({"error": f"bad key {KEY}"}, 403),
        json_page({"error": f"bad key {KEY}"}),
        moved(f"https://{quote(KEY, safe='')}.org/?api_key={quote(KEY)}"),
        reset(),
        xml_page(f"<a>{KEY}".encode()),
    ],
)
def test_a_message_holds_no_secret(answer: Response, fake_server: FakeServer, keyed: Recorder, tmp_path: Path) -> None:
    def fault(answer: Answer) -> str | None:
        return f"{answer.json()['error']} {KEY}"

    fake_server.answer("/esearch", answer)
    session = keyed.session(fake_server.base, per_second=10, secrets=NAMES)
    with pytest.raises(PluginError) as error:
        session.get("/esearch", {"term": KEY}, fault=fault)
    assert_hidden("".join(traceback.format_exception(error.value)))
    assert_hidden(written(tmp_path))


def test_a_path_that_holds_a_secret_is_shown_without(fake_server: FakeServer, keyed: Recorder) -> None:
    fake_server.answer(f"/{KEY}", json_page({}, 404))
    session = keyed.session(fake_server.base, per_second=10, secrets=NAMES)
    with pytest.raises(PluginError, match=r"^127\.0\.0\.1/\[secret\]: answered 404"):
        session.get(quote(KEY))


def test_no_log_holds_a_secret(fake_server: FakeServer, keyed: Recorder, caplog: pytest.LogCaptureFixture) -> None:
    fake_server.answer("/esearch", reset(), json_page({}))
    with caplog.at_level(logging.DEBUG):
        keyed.session(fake_server.base, per_second=10, secrets=NAMES).get("/esearch")
        logging.getLogger("urllib3.connectionpool").debug("of another request")
    assert_hidden(caplog.text)
    assert [record.message for record in caplog.records if record.name == "urllib3.connectionpool"] == [
        "of another request"
    ]


def test_a_wrong_key_is_known_by_its_variable(fake_server: FakeServer, keyed: Recorder) -> None:
    fake_server.answer("/esearch", json_page({"error": "API key invalid"}, 401))
    session = keyed.session(fake_server.base, per_second=10, secrets={"api_key": "NCBI_API_KEY"})
    with pytest.raises(PluginError, match=r"answered 401 \(API key invalid\)\. Check the key in NCBI_API_KEY\."):
        session.get("/esearch")


def test_a_key_is_not_sent_where_others_can_read_it(keyed: Recorder) -> None:
    with pytest.raises(PluginError, match=r"^a\.org: the key in NCBI_API_KEY is not sent over http"):
        keyed.session("http://a.org", per_second=1, secrets=NAMES)
    keyed.session("http://a.org", per_second=1, secrets={"email": "NCBI_EMAIL"})
    keyed.session("https://a.org", per_second=1, secrets=NAMES)


def test_no_object_prints_a_secret(fake_clock: FakeClock) -> None:
    servers = Servers(clock=fake_clock.clock, environment={"NCBI_API_KEY": KEY})
    received = Received(status=200, headers={}, content=KEY.encode(), url=f"https://a.org/?api_key={quote(KEY)}")
    assert_hidden(repr([servers, received, Secrets(NAMES, servers.environment)]))


def test_a_key_too_short_to_hide_is_refused() -> None:
    with pytest.raises(PluginError, match="NCBI_API_KEY holds fewer than 8 characters") as error:
        Secrets({"api_key": "NCBI_API_KEY"}, {"NCBI_API_KEY": "2024"})
    assert "2024" not in str(error.value)


@settings(max_examples=50)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=40).filter(lambda t: t == t.strip())
)
def test_a_secret_is_found_however_its_signs_are_written(value: str) -> None:
    secrets = Secrets({"api_key": "KEY"}, {"KEY": value})
    for text in (
        value,
        quote(value),
        quote(value, safe=""),
        quote(value).lower() if value.lower() == value else quote(value),
        quote_plus(value),
        json.dumps(value)[1:-1],
        json.dumps(value).replace("/", "\\/")[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        escape(value),
        "".join(sign if sign.isascii() and sign.isalnum() else f"&#{ord(sign)};" for sign in value),
        "".join(sign if sign.isascii() and sign.isalnum() else f"&#x{ord(sign):X};" for sign in value),
    ):
        assert secrets.redacted(f"<{text}>") == "<[secret]>"
        assert secrets.redacted_bytes(f"<{text}>".encode()) == b"<[secret]>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("203.0.113.7", "[address]"),
        ("(203.0.113.7:443)", "([address]:443)"),
        ("2001:db8::1, ::1 and fe80::1.", "[address], [address] and [address]."),
        ("at 12:30:45 in 4.1 of 10.1056/NEJMoa1203421", "at 12:30:45 in 4.1 of 10.1056/NEJMoa1203421"),
        ("999.1.1.1 std::vector face", "999.1.1.1 std::vector face"),
    ],
)
def test_an_address_is_not_shown(text: str, shown: str) -> None:
    assert without_addresses(text) == shown
