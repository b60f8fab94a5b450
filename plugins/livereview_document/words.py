"""Words of a document: spans of text, set off or linked, each from outside or from us, none of them markup.

A text from outside becomes ``Plain`` and stays text in every format; a writer escapes it for its own. Our own sentences
are templates: ``fill("**Caution:** {}", caution)`` sets a word bold, and what is filled in is never read for markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import SplitResult, quote, urlsplit

#: Longest name: of a study, a heading, a column. Prose outside tables is never shortened.
LABEL_LIMIT = 200
#: Longest sentence that goes into a cell.
CELL_LIMIT = 600
MISSING = "–"

_JOINERS = "\u200c\u200d"  # some scripts are spelt with them; every other invisible character is dropped


@dataclass(frozen=True, slots=True)
class Plain:
    """Text, cleaned, as it is to be read."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A hash or a name: letters, digits and plain signs only."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words set bold."""

    inside: Words


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words set in italics."""

    inside: Words


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere: to a place of this document, to the web, to a file of the report's folder."""

    inside: Words
    target: str
    """Name of the place; address, ready for a link; path below the report's folder."""
    kind: Literal["place", "web", "file"]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that links lead to; it shows nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class Break:
    """What follows stands on the next line of the same block."""


Span = Plain | Code | Strong | Emphasis | Link | Place | Break


@dataclass(frozen=True, slots=True)
class Words:
    """Spans one after the other."""

    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.plain)

    def __add__(self, other: Words) -> Words:
        return Words(self.spans + other.spans)

    @property
    def plain(self) -> str:
        """The text without anything around it."""
        return "".join(_plain(span) for span in self.spans)


def _plain(span: Span) -> str:
    if isinstance(span, Plain | Code):
        return span.text
    if isinstance(span, Place | Break):
        return " " if isinstance(span, Break) else ""
    return span.inside.plain


def clean(value: str) -> str:
    """The text on one line, without control, invisible and direction-changing characters."""
    if value.isprintable():  # nothing of what is dropped or replaced below
        return " ".join(value.split())
    kept = []
    for sign in value:
        category = unicodedata.category(sign)
        if category == "Cs":
            kept.append("\ufffd")
        elif category == "Cc":
            kept.append(" ")  # a space, since dropping it could join the digits of two numbers
        elif category != "Cf" or sign in _JOINERS:
            kept.append(sign)
    return " ".join("".join(kept).split())


def shortened(value: str, limit: int | None) -> str:
    """The text cut to ``limit`` characters with an ellipsis; None = not cut."""
    return value if limit is None or len(value) <= limit else value[: limit - 1].rstrip() + "…"


def text(value: object, limit: int | None = LABEL_LIMIT) -> Words:
    """Exactly these characters; a missing value is a dash, ``Words`` pass unchanged."""
    if isinstance(value, Words):
        return value
    told = MISSING if value is None else shortened(clean(str(value)), limit)
    return Words((Plain(told),)) if told else Words()


def prose(value: object) -> Words:
    """``text`` at full length: for notes, cautions, choices and messages, which lose their sense when cut."""
    return text(value, limit=None)


_TOKEN = re.compile(r"\*\*|\*|\{\}")


def fill(template: str, *values: object) -> Words:
    """Our own sentence with each ``{}`` filled by a value. ``**bold**`` and ``*italics*`` in it are ours; a value is
    text, or ``Words``. ValueError where values and gaps differ in number, or a star has no partner."""
    parts = _tokens(template)
    if parts.count("{}") != len(values):
        raise ValueError(f"{len(values)} values for {parts.count('{}')} gaps: {template!r}")
    filled = iter(values)
    stack: list[tuple[str, list[Span]]] = [("", [])]
    for part in parts:
        if part == "{}":
            stack[-1][1].extend(text(next(filled)).spans)
        elif part in ("*", "**"):
            if stack[-1][0] == part:
                _, inside = stack.pop()
                words = Words(tuple(inside))
                stack[-1][1].append(Strong(words) if part == "**" else Emphasis(words))
            else:
                stack.append((part, []))
        else:
            stack[-1][1].append(Plain(part))
    if len(stack) > 1:
        raise ValueError(f"a star without its partner: {template!r}")
    return Words(tuple(stack[0][1]))


@cache
def _tokens(template: str) -> tuple[str, ...]:
    found = [part for part in re.split(f"({_TOKEN.pattern})", template) if part]
    return tuple(found)


BREAK = Words((Break(),))


def joined(values: Sequence[object], separator: str | Words = ", ") -> Words:
    """The values with our own separator between them."""
    between = separator.spans if isinstance(separator, Words) else (Plain(separator),)
    spans: list[Span] = []
    for number, value in enumerate(values):
        spans += between if number else ()
        spans += text(value).spans
    return Words(tuple(spans))


def strong(value: object) -> Words:
    """Bold text; nothing for an empty text."""
    told = text(value)
    return Words((Strong(told),)) if told else told


def code(value: str) -> Words:
    """A hash or a name in code type; anything that is not a plain token is shown as text."""
    return Words((Code(value),)) if re.fullmatch(r"[\w.:+/-]+", value, re.ASCII) else text(value)


def place(name: str) -> Words:
    """A place that links lead to."""
    return Words((Place(name),))


# --- links -----------------------------------------------------------------------------------------------------


def inner_link(label: object, name: str) -> Words:
    """A link to a place of this document."""
    return Words((Link(text(label) or text(MISSING), name, "place"),))


def outer_link(label: object, url: str | None) -> Words:
    """A link to a web address; an address that is not plain http or https is shown as text and not linked."""
    if not url:
        return text(label)
    target = address(url)
    return fill("{} ({})", label, url) if target is None else Words((Link(text(label), target, "web"),))


def address(url: str) -> str | None:
    """The address ready for a link, or None where it is not a plain http(s) address with an ASCII host and no user."""
    if len(url) > 2000 or clean(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and _plain_host(parts)
    except ValueError:
        return None
    if not plain:
        return None
    unpaired = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", url)
    return quote(unpaired, safe="%/:?#=&+,;@.~-_")


def _plain_host(parts: SplitResult) -> bool:
    port = parts.port  # raises ValueError where it is no number
    return re.fullmatch(rf"[A-Za-z0-9.-]+(:{port})?", parts.netloc) is not None


def doi_link(doi: str | None) -> Words | None:
    """A link to the DOI's resolver; text where it is not shaped like a DOI; None where there is none."""
    if not doi:
        return None
    if re.fullmatch(r"10\.\d{4,9}/\S{1,300}", clean(doi)) is None:
        return fill("doi {}", doi)
    address_of = f"https://doi.org/{quote(clean(doi), safe='/')}"
    return Words((Link(text("doi:" + clean(doi)), address_of, "web"),))


#: Registers by the shape of their numbers, with the page of a trial.
_REGISTERS = {
    r"(ISRCTN\d{8})": "https://www.isrctn.com/{}",
    r"(?:EudraCT )?(20\d{2}-\d{6}-\d{2})": "https://www.clinicaltrialsregister.eu/ctr-search/search?query={}",
    r"(DRKS\d{8})": "https://drks.de/search/en/trial/{}",
    r"(ACTRN\d{14})": "https://www.anzctr.org.au/{}.aspx",
}


def registry_link(identifier: str) -> Words:
    """A number of PubMed, PubMed Central or a register that is known here as a link; any other identifier as text."""
    name = clean(identifier)
    if match := re.fullmatch(r"(?:nct:)?(NCT\d{8})", name, re.IGNORECASE):
        return outer_link(match[1].upper(), f"https://clinicaltrials.gov/study/{match[1].upper()}")
    if match := re.fullmatch(r"pmid:(\d{1,9})", name, re.ASCII):
        return outer_link(f"PubMed {match[1]}", f"https://pubmed.ncbi.nlm.nih.gov/{match[1]}/")
    if match := re.fullmatch(r"pmc:(PMC\d{1,9})", name, re.ASCII | re.IGNORECASE):
        return outer_link(match[1], f"https://pmc.ncbi.nlm.nih.gov/articles/{match[1]}/")
    for shape, page in _REGISTERS.items():
        if match := re.fullmatch(shape, name, re.ASCII):
            return outer_link(name, page.format(match[1]))
    return text(name)


def local_path(path: str) -> str | None:
    """A path below the report's folder ready for a link; None for anything else."""
    parts = PurePosixPath(path).parts
    if not parts or clean(path) != path or "\\" in path or path.startswith("/") or ".." in parts:
        return None
    return quote(path, safe="/.-_")
