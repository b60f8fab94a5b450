"""RIS: one reference after the other, a tag and a value on each line, as EndNote, Zotero, Covidence, Rayyan and RevMan
read it.

A value stands on one line, whatever it holds, so that none can end a reference or begin another field. Line ends are
CR LF, the encoding is UTF-8 without a mark before the first tag, which some programs take for a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from livereview import Reference, plain_text
from livereview_handover.entries import Entry

Field = tuple[str, str]
_PAGES = re.compile(r"\s*([A-Za-z]{0,2}\d+)\s*[-‐–]\s*([A-Za-z]{0,2}\d+)\s*")
#: A family name with initials behind it, as PubMed has authors: "van den Berg JH", "Müller-Schmidt K Jr".
_INITIALS = re.compile(r"(?P<family>\S.*?) (?P<given>[A-Z]{1,3}(?: (?:Jr|Sr|2nd|3rd|II|III))?)")
_GROUP = re.compile(r"\b(group|study|trial|network|committee|consortium|investigators?|team|society)\b", re.IGNORECASE)
_OF_NO_JOURNAL = ("registry", "regulatory", "other")


def ris(entries: Iterable[Entry], *, abstracts: bool = True) -> bytes:
    """The entries as a RIS file; empty where there are none. Fields without a value are left out."""
    return "".join(_record(fields(entry, abstracts)) for entry in entries).encode()


def _record(found: Iterable[Field]) -> str:
    lines = [f"{tag}  - {value}" for tag, value in found]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def fields(entry: Entry, abstracts: bool = True) -> Iterator[Field]:
    """Tags and values of one reference, in order; values on one line."""
    for tag, value in _fields(entry, abstracts):
        text = plain_text(value)
        if text:
            yield tag, text


def _fields(entry: Entry, abstracts: bool) -> Iterator[Field]:
    reference = entry.reference
    yield "TY", "GEN" if reference.kind in _OF_NO_JOURNAL or not reference.journal else "JOUR"
    for author in reference.authors:
        yield "AU", as_author(author)
    yield "TI", entry.title
    yield "T2", reference.journal
    yield "PY", str(reference.year or reference.published_on[:4])
    yield "DA", _date(reference.published_on)
    yield "VL", reference.volume
    yield "IS", reference.issue
    pages = _PAGES.fullmatch(reference.pages)
    yield "SP", pages[1] if pages else reference.pages
    yield "EP", pages[2] if pages else ""
    yield "DO", reference.doi
    yield "AN", accession(reference)
    yield "DB", "PubMed" if reference.pmid else entry.source
    addresses = addresses_in(reference.url)
    yield from (("UR", address) for address, _ in addresses)
    if abstracts:
        yield "AB", reference.abstract
    yield "NS", entry.name
    yield "N1", f"The report is {entry.status}" if entry.status else ""
    yield "N1", f"Exclusion reason: {entry.reason}" if entry.reason else ""
    registered = "; ".join(reference.registry_ids) if reference.pmid else ""
    yield "N1", f"Registered as {registered}" if registered else ""
    yield "N1", reference.note
    yield from (("N1", remark) for _, remark in addresses)
    yield "ID", reference.record_id


def as_author(name: str) -> str:
    """A name as RIS has it: with a comma before the initials, since without one programs take them for the family
    name. A name in another form is left as it is."""
    plain = plain_text(name)
    found = _INITIALS.fullmatch(plain)
    if found is None or "," in plain or _GROUP.search(plain):
        return plain
    return f"{found['family']}, {found['given']}"


def accession(reference: Reference) -> str:
    """The number under which the record is found: of PubMed, of a register, or the source's own."""
    return reference.pmid or "; ".join(reference.registry_ids) or reference.accession


def addresses_in(cell: str) -> list[tuple[str, str]]:
    """The addresses in a cell, each with the remark behind it: sheets hold several, separated by semicolons."""
    found = []
    for part in re.split(r"\s*;\s*(?=https?://)", plain_text(cell)):
        address, _, remark = part.partition(" ")
        if address.startswith(("http://", "https://")):
            found.append((address, remark))
        else:
            found.append(("", part))
    return found


def _date(published: str) -> str:
    """``2023-11-04`` as ``2023/11/04/``; a date without a month is said by the year alone."""
    parts = published.split("-")
    return "/".join([*parts, "", ""][:3]) + "/" if len(parts) > 1 else ""
