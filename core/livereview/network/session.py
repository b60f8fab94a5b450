"""One server asked: each request waits for its turn, is tried again where that may help, and is kept when good."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from livereview.foreign import plain_text
from livereview.network.asking import Asking
from livereview.network.client import Received, server_of
from livereview.network.faults import Kind, Trouble, check
from livereview.network.redaction import Secrets, without_addresses
from livereview.network.servers import Servers
from livereview.sources import Answer, Fault
from livereview.types import PluginError

#: Headers that an answer keeps: a source sees the same ones with and without a network.
KEPT_HEADERS = ("content-type", "date", "x-next-page-token", "x-total-count")
#: Between tries: from nothing to this many seconds, doubled with each try, up to the longest.
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 30.0
_LATER = "Run again later: nothing was lost, and what was recorded stays."
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a server is asked, without secrets and without the server's address."""

    method: str
    path: str
    parameters: Mapping[str, str]
    """Of the address, or of the form that is posted."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where a session puts what came."""

    answer: Callable[[Question, Answer], None]
    version: Callable[[str], None]
    note: Callable[[str], None]


def checked_base(base: str) -> str:
    """A base address without a slash at its end; PluginError where it is none."""
    try:
        parts = urlsplit(base.strip())
        good = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        good = good and parts.username is None and parts.port != 0 and base.isascii()
    except ValueError:
        good = False
    if not good or any(sign <= " " for sign in base.strip()):
        shown = plain_text(base.rpartition("@")[2])[:100]
        raise PluginError(f"{shown!r} is not the address of a server. It would look like https://example.org/api.")
    return base.strip().rstrip("/")


def address(base: str, path: str) -> str:
    """Base and path as one address. Signs that an address cannot hold are escaped; escapes that are there stay."""
    if any(part in (".", "..") for part in re.split(r"[/\\]", re.sub("%2e", ".", path, flags=re.IGNORECASE))):
        raise PluginError(f"{plain_text(path)[:100]!r} leads out of the server's address. It is not asked for.")
    plain = _ESCAPE.sub("%25", path.lstrip("/"))
    return base + "/" + quote(plain, safe="/:@!$&'()*+,;=~%")


class ServerSession(Asking):
    """A session of a Recorder; see ``livereview.sources.Session``."""

    def __init__(self, servers: Servers, base: str, per_second: float, secrets: Secrets, kept: Kept) -> None:
        self._servers, self._base, self._secrets, self._kept = servers, checked_base(base), secrets, kept
        self._server = server_of(self._base)
        host = urlsplit(self._base).hostname or ""
        if secrets.parameters and self._base.startswith("http:") and host not in _THIS_MACHINE:
            names = ", ".join(sorted(secrets.variables[name] for name in secrets.parameters))
            raise PluginError(f"{host}: the key in {names} is not sent over http, where others can read it. Use https.")
        servers.turns.limit(self._server, per_second)

    def note_version(self, version: str) -> None:
        """Record the state of the source's data that answered."""
        self._kept.version(self._secrets.redacted(plain_text(version)))

    def _good(
        self, method: str, path: str, given: Mapping[str, str], kind: Kind, fault: Fault, accept: tuple[int, ...]
    ) -> Answer:
        """The first good answer, kept."""
        own = {name: value for name, value in given.items() if name not in self._secrets.variables}
        wrong = [name for name, value in own.items() if not isinstance(value, str)]
        if wrong:
            raise TypeError(
                f"{path}: the parameter {wrong[0]} is {type(own[wrong[0]]).__name__}, and would have to be str"
            )
        question = Question(method=method, path=path, parameters=own)
        try:
            plain, sent = address(self._base, path), urlencode({**own, **self._secrets.parameters})
        except UnicodeEncodeError:
            raise PluginError(
                f"{plain_text(path)[:100]!r}: half a sign is in what would be asked. It is not sent."
            ) from None
        url, form = (plain, sent) if method == "POST" else (f"{plain}?{sent}" if sent else plain, None)
        answer = self._patiently(plain, lambda until: self._once(url, form, kind, fault, accept, until))
        self._kept.answer(question, answer)
        return answer

    def _once(
        self, url: str, form: str | None, kind: Kind, fault: Fault, accept: tuple[int, ...], until: float
    ) -> Answer:
        turn = self._servers.turns.take
        received = self._servers.client.received(url, form, kind, lambda: turn(self._server), until)
        answer = self._redacted(received)
        check(answer, kind, fault, accept, received.headers)
        if answer.content != received.content:
            self._kept.note(
                f"{urlsplit(url).hostname} repeated a key in its answer: it was replaced by [secret] before the "
                "answer was read and kept."
            )
        return answer

    def _redacted(self, received: Received) -> Answer:
        """What came, without secrets, as it is kept: a source sees no more of it than a replay can show."""
        hidden = self._secrets.redacted
        parts = urlsplit(received.url)
        query = urlencode([pair for pair in parse_qsl(parts.query, True) if pair[0] not in self._secrets.variables])
        return Answer(
            content=self._secrets.redacted_bytes(received.content),
            status=received.status,
            headers={name: hidden(received.headers[name]) for name in KEPT_HEADERS if name in received.headers},
            url=hidden(parts._replace(query=query, fragment="").geturl()),
        )

    def _patiently(self, plain: str, once: Callable[[float], Answer]) -> Answer:
        """What ``once`` brings at the first, or at a later try. PluginError when no further try may help."""
        clock, limits = self._servers.clock, self._servers.limits
        until = clock.monotonic() + limits.patience
        for tried in range(1, limits.tries + 1):
            try:
                return once(until)
            except Trouble as trouble:
                wait = clock.chance() * min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (tried - 1))
                wait = max(wait, trouble.wait or 0)
                last = tried == limits.tries or (trouble.wait or 0) > limits.retry_after
                if not trouble.passing or last or clock.monotonic() + wait > until:
                    raise self._given_up(plain, trouble, tried) from None
                self._servers.turns.pause(self._server, wait)
        raise AssertionError("limits.tries is at least 1")

    def _given_up(self, plain: str, trouble: Trouble, tried: int) -> PluginError:
        """Which server, what it answered, how often it was asked, what to do. The same failure gives the same words:
        they stand in reports."""
        parts = urlsplit(plain)
        where = f"{parts.hostname}{parts.path}"
        said = without_addresses(self._secrets.redacted(trouble.what))
        if (trouble.wait or 0) > self._servers.limits.retry_after:
            said += f" and wants to be left alone for more than {self._servers.limits.retry_after:.0f} s"
        if tried > 1:
            said += f", asked {tried} times"
        remedy = f"{trouble.remedy} {_LATER}" if trouble.passing else trouble.remedy or self._advice(said)
        shown = self._secrets.redacted(plain_text(where))
        return PluginError(f"{shown[:200]}: {said}. {remedy.strip()}")

    def _advice(self, said: str) -> str:
        if re.match(r"answered 40[13]\b", said):
            names = ", ".join(sorted(self._secrets.variables.values()))
            return f"Check the key in {names}." if names else "The server refuses whoever asks without a key."
        return "Asked again it would say the same: check the query and the options of this source in the manifest."
