"""Records as files for other programs: RIS and CSV for screening elsewhere.

The record id goes along as a mark that those programs keep, so that what was decided there comes back to the same
record. No value can leave its field: not by a line that looks like a tag, not by a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from livereview import Reference, doi_in, partial_date, plain_text, pmid_in
from livereview_references.delimited import FORMULA
from livereview_references.markers import marker

_COLUMNS = (
    "record_id", "title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "accession_number",
    "registry_number", "url", "abstract", "publication_date", "notes",
)  # fmt: skip
_INDENT = "\n      "
_TYPES = {"abstract": "CONF", "preprint": "UNPB"}


def ris_text(references: Iterable[Reference]) -> str:
    """The records as RIS, in UTF-8 once encoded, with LF at line ends.

    Reading it back gives the same records, as ``records_table`` writes them. The mark with the record id stands in AN
    (which Covidence and EndNote keep) and in N1 (which Rayyan and EndNote keep). What has no tag of its own stands in
    C1 to C4: number in the source, PubMed number, numbers of registers, sort of report.
    """
    return "".join(f"{line}\n" for reference in references for line in _ris(reference))


def _ris(reference: Reference) -> Iterator[str]:
    mark = marker(reference.record_id)
    yield f"TY  - {_TYPES.get(reference.kind, 'JOUR')}"
    fields: list[tuple[str, str]] = [("TI", plain_text(reference.title))]
    fields += [("AU", plain_text(name)) for name in reference.authors]
    fields += [
        ("PY", str(_year(reference) or "")),
        ("DA", _slashed(partial_date(reference.published_on))),
        ("T2", plain_text(reference.journal)),
        ("VL", plain_text(reference.volume)),
        ("IS", plain_text(reference.issue)),
        ("SP", plain_text(reference.pages)),
        ("DO", doi_in(reference.doi)),
        ("UR", plain_text(reference.url)),
        ("AB", plain_text(reference.abstract, prose=True).replace("\n", _INDENT)),
        ("AN", mark),
        ("N1", mark),
        ("N1", plain_text(reference.note, prose=True).replace("\n", _INDENT)),
        ("C1", plain_text(reference.accession)),
        ("C2", pmid_in(reference.pmid)),
        ("C3", "; ".join(reference.registry_ids)),
        ("C4", reference.kind),
    ]
    yield from (f"{tag}  - {value}" for tag, value in fields if value)
    yield "ER  - "
    yield ""


def _year(reference: Reference) -> int | None:
    return reference.year if reference.year is not None and 1600 <= reference.year <= 2100 else None


def _slashed(day: str) -> str:
    """A date as RIS has it: year/month/day, with what is not known left empty."""
    return "/".join([*day.split("-"), "", ""][:3]) if day else ""


def csv_text(references: Iterable[Reference]) -> str:
    """The records as CSV, in UTF-8 once encoded, with CR LF at line ends.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it, which is taken off when the table
    is read back.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(_COLUMNS)
    for reference in references:
        writer.writerow([_safe(cell) for cell in _cells(reference)])
    return written.getvalue()


def _cells(reference: Reference) -> tuple[str, ...]:
    return (
        marker(reference.record_id),
        plain_text(reference.title),
        "; ".join(plain_text(name).replace(";", ",") for name in reference.authors),
        str(_year(reference) or ""),
        plain_text(reference.journal),
        plain_text(reference.volume),
        plain_text(reference.issue),
        plain_text(reference.pages),
        doi_in(reference.doi),
        pmid_in(reference.pmid),
        plain_text(reference.accession),
        "; ".join(reference.registry_ids),
        plain_text(reference.url),
        plain_text(reference.abstract, prose=True),
        partial_date(reference.published_on),
        plain_text(reference.note, prose=True),
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
