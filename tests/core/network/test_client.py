"""The client: whom it follows, through which proxies, how much it takes."""

from __future__ import annotations

import gzip
import socket
import tracemalloc
from pathlib import Path

import pytest

from fake_sources import FakeClock, FakeServer, Response, empty, gzipped, json_page, moved
from fake_sources.fixtures import asked_by
from livereview.network import Recorder, Servers
from livereview.network.client import Limits, Received, _moved, _trouble, server_of
from livereview.network.compression import TooLarge, unpacked
from livereview.network.faults import Trouble
from livereview.network.proxies import proxy_for
from livereview.types import PluginError

PAGE = b'{"studies": []}'

# --- sent on ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_alias_is_followed_on_the_same_server(status: int, fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies/NCT00000001", moved("/studies/NCT01207388?format=json#top", status))
    fake_server.answer("/studies/NCT01207388", json_page(PAGE))
    answer = recorder.session(fake_server.base, per_second=1).get("/studies/NCT00000001", {"format": "json"})
    assert answer.content == PAGE
    assert answer.url == f"{fake_server.base}/studies/NCT01207388?format=json"
    assert recorder.run.exchanges[0].path == "/studies/NCT00000001"


def test_another_server_is_not_asked(fake_server: FakeServer, fake_clock: FakeClock, recorder: Recorder) -> None:
    with FakeServer(fake_clock) as other:
        fake_server.answer("/studies", moved(f"{other.base}/studies?api_key=abc"))
        with pytest.raises(PluginError, match=r"sends on to http://\[address\]:\d+, which is another server"):
            recorder.session(fake_server.base, per_second=1).get("/studies")
        assert other.requests == []
    assert len(fake_server.requests) == 1


def to(url: str, location: str, status: int = 301, posted: bool = False) -> str:
    """Where an answer of a server sends on to."""
    return _moved(url, Received(status=status, headers={"location": location}, content=b"", url=url), posted)


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("https://a.org/api/x", "y?z=1", "https://a.org/api/y?z=1"),
        ("https://a.org/x", "https://A.org:443/y", "https://A.org:443/y"),
        ("http://a.org/x", "https://a.org/x", "https://a.org/x"),
        ("http://a.org:80/x", "//a.org/y", "http://a.org/y"),
    ],
)
def test_the_same_server_is_followed(url: str, location: str, target: str) -> None:
    assert to(url, location) == target


@pytest.mark.parametrize(
    ("url", "location", "said"),
    [
        ("https://a.org/x", "http://a.org/x", "another server"),
        ("https://a.org/x", "https://b.org/x", "another server"),
        ("https://a.org/x", "https://a.org:8443/x", "another server"),
        ("http://a.org:8080/x", "https://a.org/x", "another server"),
        ("https://a.org/x", "https://a.org.b.org/x", "another server"),
        ("https://a.org/x", "https://a.org@b.org/x", "an address that is none"),
        ("https://a.org/x", "file:///etc/passwd", "an address that is none"),
        ("https://a.org/x", "https://[a.org/x", "an address that is none"),
        ("https://a.org/x", "https://a.org:x/", "an address that is none"),
        ("https://a.org/x", "/é", "an address that is none"),
        ("https://a.org/x", "/a b", "an address that is none"),
    ],
)
def test_nobody_else_is_followed(url: str, location: str, said: str) -> None:
    with pytest.raises(Trouble, match=said) as error:
        to(url, location)
    assert not error.value.passing


def test_a_form_is_sent_on_whole_or_not_at_all(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/a", moved("/b", 307))
    fake_server.answer("/b", json_page(PAGE))
    session = recorder.session(fake_server.base, per_second=1)
    session.post("/a", {"query": "x"})
    assert [asked.form for asked in fake_server.requests] == [{"query": "x"}] * 2
    fake_server.answer("/c", moved("/b", 302))
    with pytest.raises(PluginError, match="would not get the form"):
        session.post("/c", {"query": "x"})


def test_a_circle_ends(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", moved("/studies"))
    with pytest.raises(PluginError, match="sent the request on more than 5 times"):
        recorder.session(fake_server.base, per_second=1).get("/studies")
    assert len(fake_server.requests) == 6


def test_sent_on_to_nowhere_is_no_answer(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", Response(status=301))
    with pytest.raises(PluginError, match="answered 301"):
        recorder.session(fake_server.base, per_second=1).get("/studies")


def test_a_server_is_scheme_host_and_port() -> None:
    assert server_of("https://A.org/x") == server_of("https://a.org:443/y?z") == "https://a.org:443"
    assert len({server_of(url) for url in ("http://a.org", "https://a.org", "http://a.org:8080", "http://b.org")}) == 4


# --- how much -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [json_page(b" " * 10_001), gzipped(b" " * 10_001), gzipped(b"0" * 1_000_000)])
def test_an_answer_that_is_too_large_is_not_taken(
    answer: Response, fake_server: FakeServer, fake_clock: FakeClock, tmp_path: Path
) -> None:
    fake_server.answer("/studies", answer)
    with Servers(clock=fake_clock.clock, limits=Limits(most_bytes=10_000)) as servers:
        session = Recorder(str(tmp_path), asked_by(), servers).session(fake_server.base, per_second=1)
        with pytest.raises(PluginError, match="Ask for less at once"):
            session.get("/studies", kind="text")
    assert len(fake_server.requests) == 1


def test_a_bomb_is_not_unpacked_to_see_how_large_it_is() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpacked(bomb, 100_000)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_of_several_gzip_members_is_whole(fake_server: FakeServer, recorder: Recorder) -> None:
    parts = gzip.compress(PAGE[:5]) + gzip.compress(PAGE[5:])
    fake_server.answer("/studies", json_page(parts, Content_Encoding="gzip"))
    assert recorder.session(fake_server.base, per_second=1).get("/studies").content == PAGE


def test_a_connection_is_used_again(fake_server: FakeServer, recorder: Recorder) -> None:
    fake_server.answer("/studies", json_page(PAGE), empty(), json_page(PAGE))
    session = recorder.session(fake_server.base, per_second=1)
    session.get("/studies")
    session.get("/studies")
    assert fake_server.connections == 1


# --- not reached --------------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_told(recorder: Recorder, fake_server: FakeServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
        session = recorder.session(f"http://127.0.0.1:{free.getsockname()[1]}", per_second=1)
        with pytest.raises(
            PluginError, match=r"^127\.0\.0\.1/x: could not be reached, asked 5 times\. Run again later"
        ):
            session.get("x")


def test_a_server_without_a_certificate_is_told(recorder: Recorder, fake_server: FakeServer) -> None:
    session = recorder.session(fake_server.base.replace("http:", "https:"), per_second=1)
    with pytest.raises(PluginError, match=r"broke off (while the connection was secured|before its answer)"):
        session.get("/studies")


def test_a_certificate_that_is_not_known_is_told_at_once() -> None:
    from urllib3.exceptions import SSLError

    trouble = _trouble(SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)"), Limits())
    assert trouble.what == "has a certificate that could not be verified"
    assert not trouble.passing


# --- proxies ------------------------------------------------------------------------------------------------------


@pytest.fixture
def proxies(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("NO_PROXY")
    return monkeypatch


def test_the_proxy_of_the_environment_is_asked(
    fake_server: FakeServer, recorder: Recorder, proxies: pytest.MonkeyPatch
) -> None:
    proxies.setenv("HTTP_PROXY", fake_server.base.replace("//", "//me:p%40ss@"))
    fake_server.answer("http://registry.invalid/studies", json_page(PAGE))
    assert recorder.session("http://registry.invalid", per_second=1).get("/studies").content == PAGE
    assert fake_server.requests[0].headers["proxy-authorization"] == "Basic bWU6cEBzcw=="


def test_a_proxy_that_is_not_there_is_told_without_its_password(
    fake_server: FakeServer, recorder: Recorder, proxies: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxies.setenv("HTTPS_PROXY", f"http://me:hidden@127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(
            PluginError, match="could not be asked: the proxy could not be reached, asked 5 times"
        ) as error:
            recorder.session("https://registry.invalid", per_second=1).get("/studies")
    assert "hidden" not in str(error.value)


def test_a_proxy_that_refuses_is_told_at_once(
    fake_server: FakeServer, recorder: Recorder, proxies: pytest.MonkeyPatch
) -> None:
    proxies.setenv("HTTPS_PROXY", fake_server.base.replace("//", "//me:hidden@"))
    with pytest.raises(PluginError, match=r"could not be asked: the proxy answered 501\. Check the proxy") as error:
        recorder.session("https://registry.invalid", per_second=1).get("/studies")
    assert "hidden" not in str(error.value)


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://a.org/x", None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "https://a.org/x", "http://proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "http://a.org/x", None),
        ({"HTTPS_PROXY": "proxy:3128"}, "https://a.org/x", "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:3128/"}, "https://a.org/x", "http://proxy:3128/"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "b.org, .a.org"}, "https://api.a.org/x", None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "b.org"}, "https://a.org/x", "http://proxy:3128"),
        ({"HTTPS_PROXY": ""}, "https://a.org/x", None),
    ],
)
def test_proxies_are_those_of_the_environment(
    variables: dict[str, str], url: str, proxy: str | None, proxies: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        proxies.setenv(name, value)
    assert proxy_for(url) == proxy


@pytest.mark.parametrize("proxy", ["socks5://me:hidden@proxy:1080", "http://me:hidden@", "http://proxy:port"])
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, proxies: pytest.MonkeyPatch) -> None:
    proxies.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(PluginError, match="cannot be used") as error:
        proxy_for("https://a.org")
    assert "hidden" not in str(error.value)
