"""Records as RIS, for programs in which people screen; our own id goes with each, so that decisions find back.

A value stays in its field: it has no line breaks, so that nothing in it can be a tag or end the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from livereview.pairing import Row

#: Tag and column, in the order in which they are written.
_TAGS = (
    ("TI", "title"), ("T2", "journal"), ("PY", "year"), ("VL", "volume"), ("IS", "issue"), ("SP", "pages"),
    ("DO", "doi"), ("UR", "url"), ("AB", "abstract"),
)  # fmt: skip


def text(records: Iterable[Row]) -> str:
    """The records, each from TY to ER, with CRLF as the format asks for."""
    return "".join(f"{line}\r\n" for record in records for line in _lines(record))


def _lines(record: Row) -> Iterator[str]:
    # Rayyan keeps the notes of a record, Covidence its accession number, EndNote both.
    mark = f"livereview:{quote(str(record['record_id']), safe=':/')}"
    yield "TY  - JOUR"
    yield f"AN  - {mark}"
    for name in str(record["authors"] or "").split(";"):
        if name.strip():
            yield f"AU  - {_one_line(name)}"
    for tag, column in _TAGS:
        if record[column] is not None:
            yield f"{tag}  - {_one_line(str(record[column]))}"
    numbers = [f"PMID: {record['pmid']}"] if record["pmid"] else []
    numbers += [f"Registered as: {record['registry_id']}"] if record["registry_id"] else []
    for note in (mark, *numbers):
        yield f"N1  - {_one_line(note)}"
    yield "ER  - "
    yield ""


def _one_line(value: str) -> str:
    return " ".join(value.split())
