"""What the columns of an exported table are called, by whichever program, and how names stand in one cell."""

from __future__ import annotations

import ast
import re

_SPELT = {
    "title": "title|article title|primary title|title of article|document title|ti",
    "authors": "authors|author|author names|author full names|authors full names|first authors|author s",
    "year": "year|publication year|published year|pub year|py|publicationyear",
    "date": "date|publication date|date of publication|publication date yyyy mm dd",
    "month": "month|published month",
    "day": "day",
    "journal": "journal|publication title|source title|journal title|secondary title|publicationname|journal book"
    "|container title|journal name|publication name|alternate title1|conference name|book title",
    "volume": "volume|vol|publication volume",
    "issue": "issue|number|publication issue|issue number",
    "pages": "pages|page|page range|article pages",
    "start": "start page|page start|first page|beginning page",
    "end": "end page|page end|last page|ending page",
    "number": "article number|art no",
    "doi": "doi|digital object identifier|doi link",
    "pmid": "pmid|pubmed id|pubmed|medline pmid|pubmedid|pubmed pmid",
    "accession": "accession number|accession|ut unique wos id|ut|pui|embase accession id|eid|an|unique id|wos id",
    "registry": "clinical trial numbers|trial registry number|registry number|trial registration|nct number|trial id"
    "|registration number|clinicaltrials gov number|other ids",
    "url": "url|link|urls|full record entry page|study url",
    "abstract": "abstract|abstract note|abstracts|ab|brief summary",
    "note": "notes|note|extra|comments",
    "database": "database|name of database|source database|db|library catalog",
    "type": "item type|publication type|document type|type of reference|reference type",
    "record": "record id|recordid",
    "covidence": "covidence",
    "study": "study|study id",
    "key": "key",
    "source": "source",
    "tags": "tags",
    "ref": "ref",
    "reviewer": "reviewer name",
    "citation": "citation",
}
_NAMES = {spelling: name for name, spellings in _SPELT.items() for spelling in spellings.split("|")}
#: Names that say of a table that it holds records.
TELLING = frozenset(("title", "authors", "year", "journal", "doi", "pmid", "abstract", "pages", "volume", "accession"))
_INITIALS = re.compile(r"[^,;]*\S\s+(?:[A-ZÀ-Þ]\.?[\s-]?){1,4}$")


def field_named(column: str) -> str | None:
    """The field that a column of this name holds; None if its name says nothing of it."""
    return _NAMES.get(re.sub(r"[\W_]+", " ", column).strip().lower())


def authors_in(cell: str) -> list[str]:
    """The names in one cell: parted by semicolons, lines, ``and``, as a list of Python, or by commas where each part
    ends in initials. What cannot be told apart stays one name."""
    text = cell.strip()
    if text.startswith("[") and text.endswith("]"):
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            found = None
        if isinstance(found, list) and all(isinstance(name, str) for name in found):
            return [name.strip() for name in found if name.strip()]
    for sign in (";", "\n"):
        if sign in text:
            return [name.strip() for name in text.split(sign) if name.strip()]
    if re.search(r"\sand\s", text):
        return [name.strip() for name in re.split(r"\s+and\s+", text) if name.strip()]
    names = [name.strip() for name in text.rstrip(".").split(",") if name.strip()]
    if len(names) > 1 and all(_INITIALS.match(name) for name in names):
        return [name.strip() for name in text.split(",") if name.strip()]
    return [text] if text else []
