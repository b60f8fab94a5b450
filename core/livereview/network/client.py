"""The HTTP client: one request to one server, its answer whole and unpacked, or Trouble in words of our own.

An answer is followed to another address of the same server alone, and never from https to http. No text of a library's
exception is shown: it can hold an address with a key, or the password of a proxy.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import livereview
from livereview.network.compression import Damaged, TooLarge, unpacked
from livereview.network.faults import Trouble
from livereview.network.proxies import pool_through, proxy_for
from livereview.network.turns import Clock

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

_ACCEPTED = {"json": "application/json, */*;q=0.1", "xml": "application/xml, text/xml, */*;q=0.1", "text": "*/*"}
_MOVED = (301, 302, 303, 307, 308)
_PIECE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What is waited for and taken: seconds, bytes and numbers."""

    connect: float = 10.0
    read: float = 60.0
    """Between two pieces of an answer."""
    most_bytes: int = 256 * 1024 * 1024
    """Of one answer, unpacked."""
    redirects: int = 5
    tries: int = 5
    patience: float = 300.0
    """For one request with all its tries."""
    retry_after: float = 120.0
    """The longest wait that a server may ask for."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """What came: headers in lower case, the content unpacked, the address that answered at last (with secrets)."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    url: str = field(repr=False)


def server_of(url: str) -> str:
    """Scheme, host and port of an address: what makes it one server."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


class Client:
    """Connections to servers, directly or through the proxies that the environment names."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._pools: dict[str | None, PoolManager] = {}

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.clear()
        self._pools.clear()

    def received(self, url: str, form: str | None, kind: str, turn: Callable[[], None], until: float) -> Received:
        """What a server answers to GET, or to POST of a form. ``turn`` waits before each request that is sent."""
        headers = {
            "User-Agent": f"livereview/{livereview.__version__}",
            "Accept": _ACCEPTED[kind],
            "Accept-Encoding": "gzip",
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        for _ in range(self._limits.redirects + 1):
            turn()
            with _unlogged():
                answer = self._answer(url, form, headers, until)
            if answer.status not in _MOVED or "location" not in answer.headers:
                return answer
            url = _moved(url, answer, form is not None)
        raise Trouble(f"sent the request on more than {self._limits.redirects} times", passing=False)

    def _answer(self, url: str, form: str | None, headers: Mapping[str, str], until: float) -> Received:
        from urllib3 import Timeout, exceptions

        limits = self._limits
        try:
            answer = self._pool(url).urlopen(  # a GET has no body
                "GET" if form is None else "POST",
                url,
                body=None if form is None else form.encode("ascii"),
                headers=dict(headers),
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
                timeout=Timeout(connect=limits.connect, read=limits.read),
            )
            try:
                content = self._content(answer, until)
            except BaseException:  # Ctrl-C too: what is left of this answer is never read
                answer.close()
                raise
            answer.release_conn()
        except exceptions.HTTPError as error:
            raise _trouble(error, limits) from None
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Received(status=answer.status, headers=found, content=self._unpacked(content, found), url=url)

    def _content(self, answer: BaseHTTPResponse, until: float) -> bytes:
        """All bytes of an answer as they were sent. A server that sends a byte a minute is not waited for."""
        found = bytearray()
        while piece := answer.read1(_PIECE):
            found += piece
            if len(found) > self._limits.most_bytes:
                raise self._too_large()
            if self._clock.monotonic() > until:
                raise Trouble("had sent only a part of its answer when time was up", passing=True)
        return bytes(found)

    def _unpacked(self, content: bytes, headers: Mapping[str, str]) -> bytes:
        coding = headers.get("content-encoding", "").strip().lower()
        if coding in ("", "identity") or not content:
            return content
        if coding not in ("gzip", "x-gzip"):
            raise Trouble("answered in a compression that was not asked for", passing=True)
        try:
            return unpacked(content, self._limits.most_bytes)
        except Damaged:
            raise Trouble("answered with a broken gzip file", passing=True) from None
        except TooLarge:
            raise self._too_large() from None

    def _too_large(self) -> Trouble:
        most = f"{self._limits.most_bytes / 1024**2:,.0f} MB"
        remedy = "Ask for less at once: a narrower query, or fewer records."
        return Trouble(f"answered with more than {most}", passing=False, remedy=remedy)

    def _pool(self, url: str) -> PoolManager:
        proxy = proxy_for(url)
        if proxy not in self._pools:
            self._pools[proxy] = pool_through(proxy)
        return self._pools[proxy]


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keeps the library's log free of this thread's requests: it writes whole addresses, with their keys."""
    log, thread = logging.getLogger("urllib3.connectionpool"), get_ident()

    def others(record: logging.LogRecord) -> bool:
        return record.thread != thread

    log.addFilter(others)
    try:
        yield
    finally:
        log.removeFilter(others)


def _moved(url: str, answer: Received, posted: bool) -> str:
    """The address that an answer sends on to, if it is one of the same server."""
    try:
        to = urljoin(url, answer.headers["location"].strip())
        parts, old = urlsplit(to), urlsplit(url)
        if parts.username is not None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError
        same = server_of(to) == server_of(url)
        safer = (old.scheme, parts.scheme) == ("http", "https") and old.port in (None, 80) and parts.port in (None, 443)
        same = same or (safer and (parts.hostname or "").lower() == (old.hostname or "").lower())
    except ValueError:
        raise Trouble(f"answered {answer.status} with an address that is none", passing=False) from None
    if not same:
        where = f"{parts.scheme}://{parts.netloc}"[:100]
        said = f"answered {answer.status}: it sends on to {where}, which is another server and was not asked"
        raise Trouble(said, passing=False, remedy="If the source has moved, it needs a newer version of its plugin.")
    if posted and answer.status not in (307, 308):
        raise Trouble(f"answered {answer.status} to a form: it sends on, and would not get the form", passing=False)
    if not to.isascii() or any(sign <= " " for sign in to):
        raise Trouble(f"answered {answer.status} with an address that is none", passing=False)
    return to


def _trouble(error: Exception, limits: Limits) -> Trouble:
    """An exception of the library in our words."""
    from urllib3 import exceptions

    if isinstance(error, exceptions.ProxyError):
        refused = re.search(r"Tunnel connection failed: (\d{3})", str(error.original_error))
        inner = f"answered {refused[1]}" if refused else _trouble(error.original_error, limits).what
        remedy = "Check the proxy that the environment names, and its password."
        return Trouble(f"could not be asked: the proxy {inner}", passing=not refused, remedy=remedy)
    if isinstance(error, exceptions.SSLError):
        if "CERTIFICATE" in str(error).upper():
            remedy = "Check the clock of this machine; where the network has a certificate of its own, SSL_CERT_FILE."
            return Trouble("has a certificate that could not be verified", passing=False, remedy=remedy)
        return Trouble("broke off while the connection was secured", passing=True)
    if isinstance(error, exceptions.NameResolutionError):
        return Trouble("could not be found: its name leads nowhere", passing=True)
    if isinstance(error, exceptions.NewConnectionError):
        return Trouble("could not be reached", passing=True)
    if isinstance(error, exceptions.ConnectTimeoutError):
        return Trouble(f"could not be reached within {limits.connect:g} s", passing=True)
    if isinstance(error, exceptions.TimeoutError):
        return Trouble(f"did not answer within {limits.read:g} s", passing=True)
    if isinstance(error, exceptions.ProtocolError):
        return Trouble("broke off before its answer was complete", passing=True)
    return Trouble(f"could not be asked ({type(error).__name__})", passing=True)
