"""PubMed's own format (``.nbib``, MEDLINE text): tags of up to four letters, a hyphen in the fifth column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livereview_references.entry import Aside, Entry, Fields, Part
from livereview_references.textfile import TextFile

_NAMES = {
    "PMID": "pmid", "TI": "title", "BTI": "book title", "FAU": "authors", "AU": "short authors", "CN": "groups",
    "DP": "year", "DEP": "day", "JT": "journal", "TA": "short journal", "VI": "volume", "IP": "issue", "PG": "pages",
    "AID": "ids", "LID": "ids", "SI": "registry", "AB": "abstract", "OAB": "other abstract", "PT": "type",
    "PMC": "pmc", "RIN": "retracted", "EIN": "corrected", "UIN": "updated", "CTI": "collection", "TT": "title there",
}  # fmt: skip
_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) *- ?(.*)$")
_SAID = {"retracted": "Retraction in", "corrected": "Erratum in", "updated": "Update in"}
_SHOWN = 60


def records(file: TextFile) -> int:
    """How many records the file says it has: lines that begin with PMID."""
    return sum(1 for line in file.lines() if line.startswith("PMID") and line[4:5] in ("-", " "))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record. One ends where the tag with which the file begins stands again, or a second PMID."""
    opening, begun = "", 0
    values: dict[str, list[str]] = {}
    last: list[str] = []
    for number, line in enumerate(file.lines(), start=1):
        found = _TAG.match(line) if line[4:5] == "-" else None
        if found is None:
            if last and line.startswith(" ") and line.strip():
                last[-1] = f"{last[-1]} {line.strip()}".strip()
            elif line.strip():
                yield Aside(number, line.strip()[:_SHOWN])
            continue
        tag, value = found[1], found[2].strip()
        opening = opening or tag
        if values and (tag == opening or tag == "PMID") and tag in values:
            yield Entry(begun, _fields(values))
            values = {}
        if not values:
            begun = number
        last = values.setdefault(tag, [])
        last.append(value)
    if values:
        yield Entry(begun, _fields(values))


def _fields(values: dict[str, list[str]]) -> Fields:
    fields: Fields = {"database": ["PubMed"]}
    for tag, found in values.items():
        if tag in _NAMES:
            fields.setdefault(_NAMES[tag], []).extend(value for value in found if value)
    for name, others in (
        ("title", ("book title", "title there", "collection")),
        ("journal", ("short journal",)),
        ("abstract", ("other abstract",)),
        ("authors", ("short authors",)),
    ):
        for other in others:
            if not fields.get(name):
                fields[name] = fields.get(other, [])
    fields["authors"] = [*fields["authors"], *fields.get("groups", [])]
    ids = fields.get("ids", ())
    fields["doi"] = [text for text in ids if text.endswith("[doi]")]
    fields["number"] = [text.removesuffix("[pii]").strip() for text in ids if text.endswith("[pii]")]
    fields["date"] = fields.get("year", [])
    if not fields.get("pmid"):
        fields["accession"] = fields.get("pmc", [])
    fields["note"] = [f"{said}: {text}" for name, said in _SAID.items() for text in fields.get(name, ())]
    return fields
