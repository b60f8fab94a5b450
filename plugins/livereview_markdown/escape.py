"""Text from outside as literal Markdown: names, notes and addresses are data, never markup.

The rule: only a ``Markdown`` string is written as it is; any other string is escaped when it enters a block.
A forgotten conversion therefore shows as visible backslashes, never as markup.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import SplitResult, quote, urlsplit

#: Longest name: of a study, a heading, a column. Prose outside tables is never shortened.
LABEL_LIMIT = 200
#: Longest sentence that goes into a cell.
CELL_LIMIT = 600
MISSING = "–"

_JOINERS = "\u200c\u200d"  # some scripts are spelt with them; every other invisible character is dropped
_MARKUP = re.compile(r"[\\`*_\[\]<>~!#&]")
# What GitHub turns into something else after the Markdown was parsed, so that a backslash does not stop it: mentions,
# mathematics, issue numbers, bare addresses, emoji names. An element around the sign does.
_EMOJI = r":(?=(?:[\w+-]*[A-Za-z][\w+-]*|[+-]1|100|1234):)"
_HOST = re.compile(rf"[@$]|#(?=\d)|:(?=//)|(?i:(?<=www)\.)|{_EMOJI}")
_LEADING = re.compile(r"^(?:[-+=]|\d{1,9}[.)](?= |$))")
_TOKEN = re.compile(rf"(?P<host>{_HOST.pattern})|(?P<markup>{_MARKUP.pattern})|(?P<pipe>\|)")


class Markdown(str):
    """A string that is already Markdown."""

    __slots__ = ()


def clean(value: str) -> str:
    """The text on one line, without control, invisible and direction-changing characters."""
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


def text(value: object, limit: int | None = LABEL_LIMIT) -> Markdown:
    """Markdown that shows exactly these characters; a missing value shows as a dash, ``Markdown`` passes unchanged."""
    if isinstance(value, Markdown):
        return value
    if value is None:
        return Markdown(MISSING)
    return Markdown(_lead_escaped(_TOKEN.sub(_escaped, shortened(clean(str(value)), limit))))


def prose(value: object) -> Markdown:
    """``text`` at full length: for notes, cautions, choices and messages, which lose their sense when cut."""
    return text(value, limit=None)


def _escaped(match: re.Match[str]) -> str:
    sign = match[0]
    if match["pipe"]:
        return "&#124;"
    if match["host"]:
        return f"<span>\\{sign}</span>"
    return f"\\{sign}"


def _lead_escaped(value: str) -> str:
    lead = _LEADING.match(value)
    return value if lead is None else f"{value[: lead.end() - 1]}\\{value[lead.end() - 1 :]}"


def fill(template: str, *values: object) -> Markdown:
    """Our own Markdown with each ``{}`` filled by a value, escaped unless it is Markdown."""
    return Markdown(template.format(*(text(value) for value in values)))


def joined(values: list[Markdown] | list[str] | tuple[str, ...], separator: str = ", ") -> Markdown:
    """The values, escaped unless they are Markdown, with our own separator between them."""
    return Markdown(separator.join(text(value) for value in values))


def code(value: str) -> Markdown:
    """A hash or a name in code type; anything that is not a plain token is shown as text."""
    return Markdown(f"`{value}`") if re.fullmatch(r"[\w.:+/-]+", value, re.ASCII) else text(value)


def inner_link(label: object, place: str) -> Markdown:
    """A link to an anchor of this page."""
    return Markdown(f"[{text(label) or MISSING}](#{place})")


def outer_link(label: object, url: str | None) -> Markdown:
    """A link to a web address; an address that is not plain http or https is shown as text and not linked."""
    if not url:
        return text(label)
    target = address(url)
    return fill("{} ({})", label, url) if target is None else Markdown(f"[{text(label)}]({target})")


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
    return quote(unpaired, safe="%/:?#=&+,;@.~-_").replace("&", "&amp;")


def _plain_host(parts: SplitResult) -> bool:
    port = parts.port  # raises ValueError where it is no number
    return re.fullmatch(rf"[A-Za-z0-9.-]+(:{port})?", parts.netloc) is not None


def doi_link(doi: str | None) -> Markdown | None:
    """A link to the DOI's resolver; text where it is not shaped like a DOI; None where there is none."""
    if not doi:
        return None
    if re.fullmatch(r"10\.\d{4,9}/\S{1,300}", clean(doi)) is None:
        return fill("doi {}", doi)
    return Markdown(f"[{text('doi:' + clean(doi))}](https://doi.org/{quote(clean(doi), safe='/')})")


def registry_link(identifier: str) -> Markdown:
    """A ClinicalTrials.gov, PubMed or PubMed Central number as a link; any other identifier as text."""
    name = clean(identifier)
    if match := re.fullmatch(r"(?:nct:)?(NCT\d{8})", name, re.IGNORECASE):
        return outer_link(match[1].upper(), f"https://clinicaltrials.gov/study/{match[1].upper()}")
    if match := re.fullmatch(r"pmid:(\d{1,9})", name, re.ASCII):
        return outer_link(f"PubMed {match[1]}", f"https://pubmed.ncbi.nlm.nih.gov/{match[1]}/")
    if match := re.fullmatch(r"pmc:(PMC\d{1,9})", name, re.ASCII | re.IGNORECASE):
        return outer_link(match[1], f"https://pmc.ncbi.nlm.nih.gov/articles/{match[1]}/")
    return text(name)


def image(alt: str, path: str) -> Markdown | None:
    """An image of this report's folder, or None where the path leaves the folder."""
    target = local_path(path)
    # In an alternative text elements would show as text, and hosts change nothing there: backslashes are enough.
    words = _lead_escaped(re.sub(r"[\\`*_\[\]<>~!#&@$|]", lambda match: f"\\{match[0]}", clean(alt)))
    return None if target is None else Markdown(f"![{words}]({target})")


def file_link(label: object, path: str) -> Markdown | None:
    """A link to a file of this report's folder, or None where the path leaves the folder."""
    target = local_path(path)
    return None if target is None else Markdown(f"[{text(label)}]({target})")


def local_path(path: str) -> str | None:
    """A path below the report's folder ready for a link; None for anything else."""
    parts = PurePosixPath(path).parts
    if not parts or clean(path) != path or "\\" in path or path.startswith("/") or ".." in parts:
        return None
    return quote(path, safe="/.-_")
