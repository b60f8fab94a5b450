"""Web of Science's tagged text (``.ciw``): two letters and a blank, from PT to ER. It looks like RIS and is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livereview_references.entry import Aside, Entry, Fields, Part
from livereview_references.textfile import TextFile

_NAMES = {
    "PT": "sort", "TI": "title", "AU": "short authors", "AF": "authors", "CA": "groups", "SO": "journal",
    "PY": "year", "PD": "date", "VL": "volume", "IS": "issue", "BP": "start", "EP": "end", "PS": "pages",
    "AR": "number", "DI": "doi", "PM": "pmid", "UT": "accession", "AN": "other accession", "AB": "abstract",
    "DT": "type",
}  # fmt: skip
_LISTS = ("AU", "AF", "CA")
_TAG = re.compile(r"\ufeff?([A-Z][A-Z0-9])(?: (.*))?$")
_SHOWN = 60


def records(file: TextFile) -> int:
    """How many records the file says it has: lines that begin with PT."""
    return sum(1 for line in file.lines() if line.startswith("PT "))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record; lines before, between and after them are named, save those that frame the file (FN, VR, EF)."""
    values: dict[str, list[str]] | None = None
    begun, last, tag = 0, [""], ""
    for number, line in enumerate(file.lines(), start=1):
        found = _TAG.match(line)
        if found is None:
            if values is not None and line.startswith(" ") and line.strip():
                if tag in _LISTS:
                    last.append(line.strip())
                else:
                    last[-1] = f"{last[-1]} {line.strip()}".strip()
            elif line.strip():
                yield Aside(number, line.strip()[:_SHOWN])
            continue
        tag, value = found[1], (found[2] or "").strip()
        if tag in ("PT", "ER"):
            if values is not None:
                yield Entry(begun, _fields(values))
                if tag == "PT":
                    yield Aside(begun, "", "records without ER at their end")
            values, begun = ({}, number) if tag == "PT" else (None, begun)
        elif values is None and tag not in ("FN", "VR", "EF"):
            yield Aside(number, line.strip()[:_SHOWN])
        if values is not None:
            last = values.setdefault(tag, [])
            last.append(value)
    if values is not None:
        yield Entry(begun, _fields(values))
        yield Aside(begun, "", "records without ER at their end")


def _fields(values: dict[str, list[str]]) -> Fields:
    fields: Fields = {}
    for tag, found in values.items():
        if tag in _NAMES:
            fields.setdefault(_NAMES[tag], []).extend(value for value in found if value)
    authors = fields.get("authors") or fields.get("short authors", [])
    fields["authors"] = [*authors, *fields.get("groups", [])]
    fields["accession"] = fields.get("accession") or fields.get("other accession", [])
    return fields
