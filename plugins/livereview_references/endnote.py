"""EndNote XML, as EndNote, Zotero and Mendeley write it: ``xml/records/record``, text anywhere inside ``<style>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from livereview import xml_root
from livereview_references.entry import Entry, Fields, Part
from livereview_references.textfile import TextFile

_PATHS = {
    "title": ("titles/title",),
    "authors": ("contributors/authors/author",),
    "year": ("dates/year",),
    "date": ("dates/pub-dates/date",),
    "journal": ("titles/secondary-title", "periodical/full-title", "titles/alt-title", "periodical/abbr-1"),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages",),
    "number": ("custom7", "electronic-resource-num-pages"),
    "doi": ("electronic-resource-num",),
    "accession": ("accession-num",),
    "abstract": ("abstract",),
    "note": ("notes", "research-notes"),
    "database": ("remote-database-name", "remote-database-provider"),
    "url": ("urls/web-urls/url", "urls/related-urls/url", "urls/pdf-urls/url"),
    "type": ("work-type",),
}
_RECORD = re.compile(rb"<(?:\w+:)?record[\s/>]")


def records(file: TextFile) -> int:
    """How many records the file says it has: elements that begin with <record."""
    content = file.content()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = file.text().encode()
    return len(_RECORD.findall(content))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record, numbered by the line where it begins, or counted where lines do not tell them apart."""
    content = file.content()
    root = xml_root(content, file.name)
    places, line, before = [], 1, 0
    for found in _RECORD.finditer(content):
        line += content.count(b"\n", before, found.start())
        before = found.start()
        places.append(line)
    elements = list(root.iter("record"))
    if len(set(places)) != len(elements):
        places = list(range(1, len(elements) + 1))
    for place, record in zip(places, elements, strict=True):
        yield Entry(place, _fields(record))


def _fields(record: Element) -> Fields:
    fields: Fields = {}
    for name, paths in _PATHS.items():
        for path in paths:
            found = ["".join(element.itertext()).strip() for element in record.findall(path)]
            if any(found):
                fields[name] = [text for text in found if text]
                break
    if (sort := record.find("ref-type")) is not None:
        fields.setdefault("type", []).append(sort.get("name", ""))
    return fields
