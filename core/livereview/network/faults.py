"""What is wrong with an answer: whether it may pass, how long the server wants to be left alone, and in which words.

Text of a server is shown as one plain line of at most 200 characters, and only where it is text or JSON.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from livereview.foreign import RefusedXML, plain_text, xml_root
from livereview.sources import Answer, Fault
from livereview.types import PluginError

Kind = Literal["json", "xml", "text"]

#: What a server may mean only for now.
PASSING = frozenset({429, 500, 502, 503, 504})
_SAID = ("error", "errMsg", "errorMessage", "message", "detail", "ERROR", "title")
_MOST_SAID = 200
_SECONDS = re.compile(r"[0-9]{1,300}(\.[0-9]{1,9})?")


class Trouble(Exception):
    """Why a request brought nothing. ``passing``: asking again may help; ``wait``: not before so many seconds."""

    def __init__(self, what: str, *, passing: bool, wait: float | None = None, remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.passing, self.wait, self.remedy = what, passing, wait, remedy


def check(
    answer: Answer, kind: Kind, fault: Fault, accept: tuple[int, ...], received: Mapping[str, str] | None = None
) -> None:
    """Raises Trouble where an answer is not one that the caller asked for. ``received`` are all headers that came.

    The form of the content and ``fault`` are looked at with status 200 alone: other statuses answer in plain text.
    """
    if answer.status not in accept:
        said = words(answer)
        what = f"answered {answer.status}" + (f" ({said})" if said else "")
        passing = answer.status in PASSING
        raise Trouble(what, passing=passing, wait=retry_after(received or {}) if passing else None)
    if answer.status == 200:
        wrong = _not_of_kind(answer.content, kind) or fault(answer)
        if wrong:
            raise Trouble(plain_text(wrong)[: 2 * _MOST_SAID], passing=True)


def _not_of_kind(content: bytes, kind: Kind) -> str | None:
    """What is wrong with content of which JSON, XML or text was asked; None where nothing is."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    if not start:
        return "answered with nothing (status 200)"
    if kind != "text" and start.startswith((b"<!doctype html", b"<html")):
        return f"answered with a web page instead of {kind.upper()} (status 200)"
    if kind == "json":
        try:
            json.loads(content)
        except (ValueError, RecursionError) as error:
            return f"answered with broken JSON (status 200; {error})"
    if kind == "xml":
        try:
            root = xml_root(content, "the answer")
        except RefusedXML:
            what = "answered with XML that defines an entity, which can expand without end: it is not read"
            raise Trouble(
                what, passing=False, remedy="Check that the address is that of the server you mean."
            ) from None
        except PluginError as error:
            return f"answered with broken XML (status 200; {str(error).partition('. ')[0]})"
        if root.tag.rpartition("}")[2].lower() == "html":
            return "answered with a web page instead of XML (status 200)"
    return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to be left alone; None where it says nothing that can be read.

    A date is counted from the date of the answer, since this machine's clock may be wrong.
    """
    said = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(said):
        return float(said)
    until, now = _moment(said), _moment(headers.get("date", "")) or datetime.now(UTC)
    return None if until is None else max(0.0, (until - now).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def words(answer: Answer) -> str:
    """What a server says about an error, on one line; nothing where it answers with a page or with bytes."""
    form = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    start = answer.content[:10_000].lstrip()
    said = ""
    if form.endswith("json") or start.startswith((b"{", b"[")):
        with contextlib.suppress(ValueError, RecursionError):
            said = _said(json.loads(answer.content))
    elif form in ("text/plain", "") and not start.startswith(b"<"):
        said = start.decode("utf-8", "replace")
    said = plain_text(said)
    return said if len(said) <= _MOST_SAID else said[: _MOST_SAID - 1].rstrip() + "…"


def _said(found: Any) -> str:
    """The words of an error in JSON: a text, or that of a key that means one, of a list the first."""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return next(filter(None, map(_said, found[:5])), "")
    if isinstance(found, dict):
        return next(filter(None, (_said(found[key]) for key in _SAID if key in found)), "")
    return ""
