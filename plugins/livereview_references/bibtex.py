"""BibTeX and BibLaTeX, read with bibtexparser; what it sets aside is brought too, or named.

The library keeps a record whose key another one has among its failures, and never raises: both are looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from livereview_references.entry import Entry, Fields, Lost, Part
from livereview_references.textfile import TextFile

if TYPE_CHECKING:
    from bibtexparser.model import Entry as Block

_NAMES = {
    "title": "title", "author": "authors", "year": "year", "date": "date", "month": "month", "journal": "journal",
    "journaltitle": "journal", "booktitle": "book", "volume": "volume", "number": "issue", "issue": "issue",
    "pages": "pages", "doi": "doi", "pmid": "pmid", "url": "url", "abstract": "abstract", "note": "note",
    "annote": "note", "accession": "accession", "accession_number": "accession", "eid": "number", "source": "database",
}  # fmt: skip
#: A sign of percent before a record does not hide it from BibTeX.
_OPENING = re.compile(r"[\s%]*@[ \t]*(?!(?:comment|string|preamble)\b)[A-Za-z]+[ \t]*(?:[{(]|$)", re.IGNORECASE)
_BRACED = re.compile(r"[\\{}$~]")
_COMMENT = re.compile(r"(?<!\\)%")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)


def records(file: TextFile) -> int:
    """How many records the file says it has: lines that begin with @ and the name of a sort of record."""
    return sum(1 for line in file.lines() if "@" in line and _OPENING.match(line))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record, with LaTeX turned into text."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock
    from bibtexparser.model import Entry as BibEntry

    library = parse_string(file.text())
    blocks: list[tuple[int, Part]] = []
    for block in library.blocks:
        if isinstance(block, BibEntry):
            line = (block.start_line or 0) + 1
            blocks.append((line, Entry(line, _fields(block))))
    for failed in library.failed_blocks:
        line = (failed.start_line or 0) + 1
        inner = failed.ignore_error_block
        if isinstance(inner, BibEntry):
            blocks.append((line, Entry(line, _fields(inner))))
        elif not isinstance(failed, DuplicateBlockKeyBlock):
            blocks.append((line, Lost(line, "the record is broken off or has no end", (failed.raw or "")[:60])))
    yield from (part for _, part in sorted(blocks, key=lambda item: item[0]))


def _fields(block: Block) -> Fields:
    fields: Fields = {"type": [block.entry_type]}
    for each in block.fields:
        if (name := _NAMES.get(each.key.lower())) and (value := _said(name, str(each.value))):
            fields.setdefault(name, []).append(value)
    if (authors := fields.get("authors")) is not None:
        fields["authors"] = [_plain(name) for name in _names(authors[0])]
    if not fields.get("journal"):
        fields["journal"] = fields.get("book", [])
    if fields.get("month") and not fields.get("date"):
        fields["date"] = fields["month"]
    fields["year"] = fields.get("year") or fields.get("date", [])[:1]
    fields["pages"] = [text.replace("--", "-") for text in fields.get("pages", ())]
    return fields


def _said(name: str, value: str) -> str:
    """The value as text; names stay as they are, until they have been parted at their braces."""
    return value if name == "authors" else value if name in ("doi", "url") else _plain(value)


def _plain(value: str) -> str:
    """LaTeX as the text that it prints."""
    if not _BRACED.search(value):
        return value.strip()
    from pylatexenc.latex2text import LatexNodes2Text

    try:
        shown = LatexNodes2Text(math_mode="text").latex_to_text(_COMMENT.sub(r"\%", value))
    except Exception:  # the library raises whatever broken LaTeX makes of it; the text is then kept as it stands
        shown = value
    return str(shown).strip()


def _names(text: str) -> list[str]:
    """The names in a list with ``and`` between them, where it stands outside of braces."""
    names, depth, begun, at = [], 0, 0, 0
    while at < len(text):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        found = _AND.match(text, at) if depth == 0 and text[at].isspace() else None
        if found is None:
            at += 1
            continue
        names.append(text[begun:at])
        begun = at = found.end()
    return [*names, text[begun:]]
