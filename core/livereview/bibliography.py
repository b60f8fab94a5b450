"""A bibliographic record as every source brings it, and the identifiers in what people and databases write.

A source makes ``Reference`` objects from its own format and hands them over with ``records_table``; so each format is
read in one place, and what a record is, is said here alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from livereview.evidence.dates import FIRST_YEAR, LAST_YEAR
from livereview.foreign import plain_text
from livereview.sources import RawTable
from livereview.types import Cell

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+", re.IGNORECASE)
_PMID = re.compile(r"(?<!\d)\d{1,8}(?!\d)")
#: Registers whose numbers are told apart from other text by their form: ClinicalTrials.gov, ISRCTN, EudraCT, CTIS,
#: ChiCTR, ANZCTR, DRKS, JPRN (UMIN, jRCT), CTRI, IRCT, PACTR, NTR, TCTR, SLCTR, RBR, KCT.
_REGISTERED = re.compile(
    r"(?<![A-Za-z0-9])(?:NCT\d{8}|ISRCTN\d{8}|20\d{2}-\d{6}-\d{2}(?:-\d{2})?|ChiCTR[-A-Z]*\d{8,10}|ACTRN\d{14}"
    r"|DRKS\d{8}|UMIN\d{9}|jRCTs?\d{9,10}|CTRI/20\d{2}/\d{2,3}/\d{6}|IRCT\d{8,16}N\d{1,3}|PACTR\d{15,16}|NTR\d{3,5}"
    r"|NL-OMON\d+|TCTR\d{11}|SLCTR/20\d{2}/\d{3}|RBR-?[0-9a-z]{6,8}|KCT\d{7})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SPELT = {"chictr": "ChiCTR", "jrct": "jRCT", "jrcts": "jRCTs"}
_YEAR = re.compile(r"(?<!\d)(1[6-9]\d{2}|20\d{2})(?!\d)")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One bibliographic record. Text is as the source has it; ``records_table`` makes it fit for the store."""

    record_id: str
    """Unique in the store and the same at every fetch: ``pmid:33651090``, ``nct:NCT02101853``, or the name of the
    source and its own number, or a hash of what the record says."""
    title: str
    authors: tuple[str, ...] = ()
    """Each ``Family Given`` or ``Family, Given`` or the name of a group, in the order of the source."""
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    registry_ids: tuple[str, ...] = ()
    url: str = ""
    abstract: str = ""
    published_on: str = ""
    """A year, a month or a day: ``2023``, ``2023-11``, ``2023-11-04``."""
    kind: str = ""
    """One of the kinds of report of the schema: ``primary``, ``abstract``, ``registry``, ``preprint``, ... or empty."""
    accession: str = ""
    """The number that the source gives it, where it is neither a DOI, a PMID nor a registry number."""
    note: str = ""


_COLUMNS = (
    "record_id", "search_id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid",
    "registry_id", "url", "abstract", "published_on", "kind", "accession", "found_on", "note",
)  # fmt: skip
_NO_TITLE = "[no title]"


def records_table(
    references: Iterable[Reference],
    search_id: str,
    place: str,
    *,
    found_on: str | None = None,
    numbers: Sequence[int] = (),
    today: date | None = None,
) -> RawTable:
    """The records that one search found as a ledger table.

    ``numbers`` is where each stands in its file (the line where it begins); 1, 2, 3 ... if not given. A year or a date
    that cannot be, or that lies after ``today``, is left empty: it is data of others, and the record is what matters.
    """
    rows = tuple(_row(reference, search_id, found_on, today) for reference in references)
    places = tuple(numbers) if numbers else tuple(range(1, len(rows) + 1))
    return RawTable(table="records", place=place, columns=_COLUMNS, rows=rows, row_numbers=places, kind="ledger")


def _row(reference: Reference, search_id: str, found_on: str | None, today: date | None) -> tuple[Cell, ...]:
    year = reference.year if reference.year is not None and 1600 <= reference.year <= 2100 else None
    published = partial_date(reference.published_on)
    if published and not FIRST_YEAR <= int(published[:4]) <= LAST_YEAR:
        published = ""
    if published and today is not None and published > today.isoformat()[: len(published)]:
        published = ""
    return (
        reference.record_id,
        search_id,
        plain_text(reference.title) or _NO_TITLE,
        plain_text("; ".join(plain_text(name).replace(";", ",") for name in reference.authors)),
        year,
        plain_text(reference.journal),
        plain_text(reference.volume),
        plain_text(reference.issue),
        plain_text(reference.pages),
        doi_in(reference.doi),
        pmid_in(reference.pmid),
        "; ".join(dict.fromkeys(reference.registry_ids)),
        plain_text(reference.url),
        plain_text(reference.abstract, prose=True),
        published,
        reference.kind,
        plain_text(reference.accession),
        found_on,
        plain_text(reference.note, prose=True),
    )


def doi_in(text: str) -> str:
    """The first DOI in a text, in lower case (DOIs do not tell capitals apart) and without an address before it; "" if
    there is none. Brackets and stops after it do not belong to it, unless it opens them itself."""
    found = _DOI.search(plain_text(text).replace("%2F", "/").replace("%2f", "/"))
    if found is None:
        return ""
    doi = found[0].lower()
    while doi and (doi[-1] in ".,;:'\"" or (doi[-1] in ")]}" and _unopened(doi))):
        doi = doi[:-1]
    return doi if "/" in doi and not doi.endswith("/") else ""


def _unopened(doi: str) -> bool:
    opening = {")": "(", "]": "[", "}": "{"}[doi[-1]]
    return doi.count(doi[-1]) > doi.count(opening)


def pmid_in(text: str) -> str:
    """The PubMed number in a text such as ``PMID: 33651090``; "" if there is none, or several."""
    found = set(_PMID.findall(text))
    return found.pop().lstrip("0") if len(found) == 1 else ""


def registry_ids_in(*texts: str) -> tuple[str, ...]:
    """The numbers of trial registers in texts, each once, in the order in which they stand, spelt as registers do."""
    found = (_spelt(match[0]) for text in texts for match in _REGISTERED.finditer(text))
    return tuple(dict.fromkeys(found))


def _spelt(number: str) -> str:
    letters = re.match(r"[A-Za-z]*", number)
    assert letters is not None
    head = letters[0]
    return _SPELT.get(head.lower(), head.upper()) + number[len(head) :]


def year_in(text: str) -> int | None:
    """The first year from 1600 to 2099 that stands by itself in a text such as ``2019a`` or ``2020 Jun 13``."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def partial_date(text: str) -> str:
    """A date as the store writes it (``2023``, ``2023-11``, ``2023-11-04``) if the text is one; "" if not."""
    parts = text.strip().split("-")
    try:
        numbers = [int(part) for part in parts]
        if not 1 <= len(numbers) <= 3 or len(parts[0]) != 4:
            return ""
        date(*[*numbers, 1, 1][:3])
    except ValueError:
        return ""
    return "-".join([parts[0], *(f"{number:02d}" for number in numbers[1:])])
