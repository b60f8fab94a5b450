"""What every reader brings out of its format: entries, and what it could not use; and the record that an entry is.

Readers keep the words of the file under the names that ``Fields`` lists; years, pages, DOIs and numbers of registers
are told apart here, once for all formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from livereview import Reference, doi_in, pmid_in, registry_ids_in
from livereview_references.dates import published, year_of
from livereview_references.markers import own_record_id, without_marker

#: Values by the name of their field: title, authors, year, date, journal, volume, issue, pages (or start and end, or
#: number where there are none), doi, pmid, accession, registry, url, abstract, note, type (the sort of document),
#: database (where the file says that the record is from), study (the name of its study), and record and kind (what
#: livereview itself wrote).
Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person decided about a record, as the file has it."""

    person: str
    decision: str
    stage: str
    reason: str = ""
    note: str = ""


@dataclass(slots=True)
class Entry:
    """One record of a file: the line (or number) where it begins, and its fields."""

    line: int
    fields: Fields
    decisions: list[Decision] = field(default_factory=list)

    def first(self, name: str) -> str:
        """The first value of a field; "" if it has none."""
        values = self.fields.get(name)
        return values[0].strip() if values else ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A record of the file that cannot be read, or cannot be used, and why."""

    line: int
    message: str
    found: str = ""
    counted: bool = True
    """Whether it is one of the records that the file itself counts."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A line that belongs to no record; or, with ``what``, something else that a person should know of the file."""

    line: int
    text: str
    what: str = "outside of any record"


Part = Entry | Lost | Aside

#: Where a mark of livereview is looked for; in a RIS file of its own the first note has it.
_MARKED = ("record", "note", "accession", "url")
#: Turns every digit into a nine, so that five in a row are found at the speed at which bytes are copied.
_NINES = bytes.maketrans(b"0123456789", b"9999999999")
_OTHER_NUMBERS = ("NTR", "RBR", "SLCTR", "OMON")
#: The kinds of report that the store knows.
KINDS = ("primary", "follow-up", "abstract", "registry", "regulatory", "review", "preprint", "other")
_TYPES = {
    "conf": "abstract", "cpaper": "abstract", "abst": "abstract", "meeting abstract": "abstract",
    "conference abstract": "abstract", "conference paper": "abstract", "congress": "abstract",
    "preprint": "preprint", "review": "review", "meta-analysis": "review", "systematic review": "review",
}  # fmt: skip
_DOI_ADDRESS = re.compile(r"^\s*https?://(?:dx\.)?doi\.org/", re.IGNORECASE)


def reference_of(entry: Entry) -> Reference:
    """The record of an entry. ``record_id`` is the one that livereview wrote into it, or "" if there is none."""
    fields = entry.fields
    own = own_record_id(*(text for name in _MARKED for text in fields.get(name, ())))
    accession = "; ".join(text for each in fields.get("accession", ()) if (text := without_marker(each, own)))
    notes = [text for each in fields.get("note", ()) if (text := without_marker(each, own))]
    title = entry.first("title")
    abstract = "\n\n".join(dict.fromkeys(text for text in fields.get("abstract", ()) if text.strip()))
    if not title and (study := entry.first("study")):
        title = study
        notes.append("The file gives only the name of the study.")
    year, date = _dates(entry, notes, own != "")
    return Reference(
        record_id=own,
        title=title,
        authors=tuple(name.strip() for name in fields.get("authors", ()) if name.strip()),
        year=year,
        journal=entry.first("journal"),
        volume=entry.first("volume"),
        issue=entry.first("issue"),
        pages=_pages(entry),
        doi=_doi(fields),
        pmid=_pmid(entry),
        registry_ids=_registry_ids((*fields.get("registry", ()), accession, *notes, title, abstract)),
        url=without_marker(entry.first("url"), own),
        abstract=abstract,
        published_on=date,
        kind=_kind(fields),
        accession=accession,
        note="\n".join(notes),
    )


def is_identified(reference: Reference) -> bool:
    """Whether a record has a title or a number by which it can be found."""
    numbers = (reference.doi, reference.pmid, reference.accession, reference.record_id, *reference.registry_ids)
    return bool(reference.title.strip()) or any(numbers)


def _dates(entry: Entry, notes: list[str], own: bool) -> tuple[int | None, str]:
    """Year and date of publication. What looks like neither is kept in the notes."""
    year_text, date_text = entry.first("year"), entry.first("date")
    year = year_of(year_text)
    if year is None and year_text.strip(" /"):
        notes.append(f"Year in the file: {year_text}")
    if year is None and not own:
        year = year_of(date_text)
    if own:
        return year, published(date_text, None)
    return year, max(published(date_text, year), published(year_text, year), key=len)


def _pages(entry: Entry) -> str:
    if whole := entry.first("pages"):
        return whole
    start, end = entry.first("start"), entry.first("end")
    if start and end and start != end:
        return f"{start}-{end}"
    return start or end or entry.first("number")


def _doi(fields: Fields) -> str:
    for text in fields.get("doi", ()):
        if doi := doi_in(text):
            return doi
    for text in fields.get("url", ()):
        if _DOI_ADDRESS.match(text) and (doi := doi_in(text)):
            return doi
    return ""


def _pmid(entry: Entry) -> str:
    """The PubMed number that the file names as one, or the accession number in a file of PubMed."""
    for text in entry.fields.get("pmid", ()):
        if pmid := pmid_in(text):
            return pmid
    for text in entry.fields.get("accession", ()):
        if is_from_pubmed(entry) and re.fullmatch(r"\s*\d{1,8}\s*", text):
            return pmid_in(text)
    return ""


def is_from_pubmed(entry: Entry) -> bool:
    """Whether the file says that the record is from PubMed or MEDLINE."""
    told = " ".join(entry.fields.get("database", ())).lower()
    return "pubmed" in told or "medline" in told or told == "nlm" or told.startswith("nlm ")


def _registry_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """The numbers of registers in the texts; a quick look spares most of them the slow one."""
    likely = [
        text
        for text in texts
        if text
        and (
            b"99999" in text.encode("utf-8", "replace").translate(_NINES)
            or any(sign in text for sign in _OTHER_NUMBERS)
        )
    ]
    return registry_ids_in(*likely) if likely else ()


def _kind(fields: Fields) -> str:
    """The kind of report that livereview wrote, or that the words for the sort of document say."""
    for text in fields.get("kind", ()):
        if text in KINDS:
            return text
    types = [text.strip().lower() for text in fields.get("type", ())]
    found = [_TYPES[text] for text in types if text in _TYPES]
    return next((kind for kind in ("preprint", "abstract", "review") if kind in found), "")
