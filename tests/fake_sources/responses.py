"""Answers of servers, the good and the bad ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: What the E-utilities answered to a caller without a key who asked too fast; the address was changed.
TOO_MANY = b'{"error":"API rate limit exceeded","api-key":"203.0.113.7","count":"4","limit":"3"}\n'


@dataclass(frozen=True, kw_only=True)
class Response:
    """What is sent. ``length`` stands in Content-Length in place of the true one; "" sends none and closes."""

    content: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | str | None = None
    chunked: bool = False
    wait: float = 0.0
    """Seconds before anything is sent."""
    dribble: float = 0.0
    """Seconds between two bytes."""
    bare: bool = False
    """Send no headers of the server itself (its name, the date)."""
    reset: bool = False
    """Break the connection instead of an answer."""


def _of(content: bytes, kind: str, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(content=content, status=status, headers={"Content-Type": kind, **named})


def json_page(found: Any, status: int = 200, **headers: str) -> Response:
    """Bytes as they are, anything else as JSON."""
    content = found if isinstance(found, bytes) else json.dumps(found).encode()
    return _of(content, "application/json", status, **headers)


def xml_page(content: bytes, status: int = 200, **headers: str) -> Response:
    """XML as it is."""
    return _of(content, "text/xml; charset=UTF-8", status, **headers)


def plain(text: str, status: int = 200, **headers: str) -> Response:
    """Plain text, as ClinicalTrials.gov answers mistakes."""
    return _of(text.encode(), "text/plain", status, **headers)


def too_many(retry_after: str | None = None) -> Response:
    """429, with seconds or a date in Retry-After or without."""
    return json_page(TOO_MANY, 429, **({} if retry_after is None else {"Retry_After": retry_after}))


def server_error(status: int = 500) -> Response:
    """A page that says nothing."""
    return _of(b"<html><body><h1>Internal Server Error</h1></body></html>", "text/html", status)


def unavailable_as_text(retry_after: str | None = None) -> Response:
    """503, as Europe PMC answers."""
    return plain("Service Unavailable", 503, **({} if retry_after is None else {"Retry_After": retry_after}))


def empty() -> Response:
    """Status 200 and no body, as bioRxiv in an outage."""
    return json_page(b"")


def truncated(content: bytes) -> Response:
    """The first half of a content of which all was announced."""
    return replace(json_page(content[: len(content) // 2]), length=len(content))


def cut_json(content: bytes = b'{"studies": [{"id": 1}, {"id": 2}]}') -> Response:
    """Half of some JSON, announced as the whole."""
    return json_page(content[: len(content) // 2])


def html() -> Response:
    """A web page with status 200, as a proxy or an outage gives."""
    return _of(b"<!DOCTYPE html>\n<html><body>Scheduled maintenance</body></html>", "text/html; charset=utf-8")


def gzipped(content: bytes, kind: str = "application/json") -> Response:
    """A content as it travels compressed."""
    return _of(gzip.compress(content), kind, Content_Encoding="gzip")


def wrong_charset(content: bytes, kind: str = "application/json") -> Response:
    """UTF-8 that is said to be Latin-1."""
    return _of(content, f"{kind}; charset=ISO-8859-1")


def slow(content: bytes, seconds: float) -> Response:
    """An answer that comes late."""
    return replace(json_page(content), wait=seconds)


def reset() -> Response:
    """No answer: the connection breaks."""
    return Response(reset=True)


def moved(to: str, status: int = 301) -> Response:
    """Sent on to another address."""
    return Response(status=status, headers={"Location": to})
