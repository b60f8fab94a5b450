"""Which format a file is in, told by what is in it: names of files say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from livereview_references import bibtex, csl, delimited, endnote, isi, medline, ris
from livereview_references.entry import Part
from livereview_references.textfile import TextFile


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format: its name in a manifest and for people, how it is counted and how it is read."""

    name: str
    label: str
    records: Callable[[TextFile], int]
    """How many records a file says it has, counted without reading them."""
    parts: Callable[[TextFile], Iterator[Part]]


FORMATS = {
    form.name: form
    for form in (
        Format(name="ris", label="RIS", records=ris.records, parts=ris.parts),
        Format(name="pubmed", label="PubMed", records=medline.records, parts=medline.parts),
        Format(name="bibtex", label="BibTeX", records=bibtex.records, parts=bibtex.parts),
        Format(name="endnote-xml", label="EndNote XML", records=endnote.records, parts=endnote.parts),
        Format(name="csl-json", label="JSON", records=csl.records, parts=csl.parts),
        Format(name="web-of-science", label="Web of Science", records=isi.records, parts=isi.parts),
        Format(name="csv", label="CSV", records=delimited.records, parts=delimited.parts),
    )
}
_BY_LINE = (
    ("pubmed", re.compile(r"^(?:PMID|PMC ) ?- ?\S", re.MULTILINE)),
    ("web-of-science", re.compile(r"^(?:FN .*\nVR |PT [A-Z]$)", re.MULTILINE)),
    ("ris", re.compile(r"^\ufeff? {0,4}TY {0,3}-", re.MULTILINE)),
    ("bibtex", re.compile(r"^[ \t]*@[A-Za-z]+\s*[{(]", re.MULTILINE)),
    ("ris", re.compile(r"^(?:NS|TI|T1|AU|A1)  - ", re.MULTILINE)),
)


def format_of(head: str) -> str | None:
    """The name of the format of a file that begins like this; None if it is none of these."""
    text = head.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return "endnote-xml" if re.search(r"<(?:xml|records?|style)[\s>]", text) else None
    if text.startswith(("[", "{")):
        return "csl-json"
    if delimited.delimiter_of(text.split("\n", 1)[0]) is not None:
        return "csv"
    if "\0" in text:
        return None
    return next((name for name, sign in _BY_LINE if sign.search(text)), None)


def advice(head: str) -> tuple[str, str]:
    """What a file of no known format is, and what to do with it."""
    text = head.lstrip("\ufeff \t\r\n")
    if not text:
        return "the file is empty", "Export it again."
    if text.startswith("<") and "<PubmedArticle" in text:
        return "it is PubMed's XML", "Save the records in PubMed's own text format (.nbib), or use the source pubmed."
    if text.startswith(("<!DOCTYPE html", "<html", "<HTML")):
        return "it is a web page, not an export", "Export the records as RIS."
    if text.startswith("%PDF"):
        return "it is a PDF", "Export the records as RIS."
    return (
        "it is in none of the formats that are read: RIS, PubMed, BibTeX, EndNote XML, CSL-JSON, Web of Science, CSV",
        "Export the records as RIS, or name the format in the manifest.",
    )
