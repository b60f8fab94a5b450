"""RIS: one tag a line, from TY to ER. The files of Ovid, Embase, Scopus, EndNote, Zotero, Rayyan, RevMan and others.

A line without a tag goes on with the field before it. A record that is not closed ends where the next one begins; a
line outside of any record is named. How a record writes its TY decides how its other tags may be written, so that
``IL - 6`` or ``T4-cells`` at the beginning of a line of text is no tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from livereview_references.entry import Aside, Entry, Fields, Part
from livereview_references.textfile import TextFile

_NAMES = {
    "TI": "title", "T1": "title", "CT": "title", "BT": "title", "AU": "authors", "A1": "authors", "PY": "year",
    "Y1": "year", "DA": "date", "T2": "journal", "JF": "journal", "JO": "journal", "JA": "journal", "J1": "journal",
    "J2": "journal", "VL": "volume", "IS": "issue", "SP": "start", "EP": "end", "C7": "number", "DO": "doi",
    "DI": "doi", "AN": "accession", "U2": "other accession", "ID": "id", "UR": "url", "L2": "link", "LK": "link",
    "AB": "abstract", "N2": "abstract", "N1": "note", "DB": "database", "DP": "database", "PM": "pmid", "NS": "study",
    "TY": "type", "M3": "type", "C1": "C1", "C2": "C2", "C3": "C3", "C4": "C4",
}  # fmt: skip
#: Other tags of RIS, whose fields are not needed here.
_OTHERS = frozenset(
    """
    A2 A3 A4 A5 AD AI AV C5 C6 C8 CA CN CP CR CY ED ET IN KW L1 L3 L4 LA LB M1 M2 N3 NV OP OT PB PP RI RN RP SE SN SO
    ST SV T3 TA TT U1 U3 U4 U5 UT VO Y2
    """.split()  # noqa: SIM905
)
_INNER = (_NAMES.keys() - {"TY"}) | _OTHERS
#: Of fields that a file may give under several tags, the ones to prefer.
_PREFERRED = {"title": ("TI", "T1", "BT", "CT"), "journal": ("T2", "JF", "JO", "J2", "JA", "J1")}
_PROSE = ("abstract", "note")
_TAG = re.compile(r"[A-Z][A-Z0-9]$")
_START = re.compile(r"\ufeff? {0,4}TY( {0,3})-\s*(.*?)\s*$")
#: What follows TY: within a record whose tags are spaced as they should be, only a type as RIS has them.
_TYPE = re.compile(r"(?:[A-Za-z][A-Za-z -]{0,40})?$")
_STRICT_TYPE = re.compile(r"(?:[A-Z]{3,6})?$")
_COUNTED = re.compile(r"\ufeff? {0,4}TY(?:  -| {0,3}-\s*(?:[A-Za-z][A-Za-z -]{0,40})?\s*$)")
_SHOWN = 60
_SHORT = 24


def records(file: TextFile) -> int:
    """How many records the file says it has: lines that begin with TY."""
    return sum(1 for line in file.lines() if "TY" in line[:8] and _COUNTED.match(line))


def parts(file: TextFile) -> Iterator[Part]:
    """Every record of the file, and every line that is in none."""
    return _Reader().parts(file.lines())


class _Reader:
    """The record that is being read."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] | None = None
        self._begun = 0
        self._blanks = 2
        self._last: list[str] | None = None
        self._prose = False
        self._empty = 0
        self._started = False
        self._unsure: list[Aside] = []
        self._short: dict[str, str] = {}
        """Volumes, years and names of journals: of what many records say, one string is enough."""

    def parts(self, lines: Iterator[str]) -> Iterator[Part]:
        for number, line in enumerate(lines, start=1):
            if self._started and line[2:6] == "  - " and line[:2] in _INNER:
                self._field(line[:2], line[6:].strip())  # most lines
                continue
            tag = self._tag(line)
            if tag == "TY":
                start = _START.match(line)
                assert start is not None
                yield from self._ended(closed=False)
                self._begin(number, len(start[1]), start[2])
            elif tag == "ER":
                yield from self._ended(closed=True)
            elif tag is not None:
                if self._values is None:
                    self._begin(number, 2, None)  # a record without TY, or a line that belongs to none
                self._field(tag, line[line.index("-") + 1 :].strip())
            elif self._values is not None:
                self._go_on(line.strip())
            elif line.strip():
                yield Aside(number, line.strip()[:_SHOWN])
            if tag not in ("TY", "ER") and self._values is not None and not self._started:
                self._unsure.append(Aside(number, line.strip()[:_SHOWN]))
        yield from self._ended(closed=False)

    def _tag(self, line: str) -> str | None:
        """The tag with which a line begins; None for a line of text."""
        head = line[:2]
        if line[2:5] == "  -" and _TAG.match(head):
            return None if head == "ER" and line[5:].strip() else head
        if "TY" in line[:8] and (start := _START.match(line)):
            inside = self._values is not None and self._blanks == 2
            if (_STRICT_TYPE if inside else _TYPE).match(start[2]):
                return "TY"
        if self._values is None or self._blanks == 2:
            return None
        dash = line.find("-", 2, 6)
        if dash < 0 or line[2:dash].strip() or not _TAG.match(head):
            return None
        if head == "ER":
            return None if line[dash + 1 :].strip() else head
        return head if head in _NAMES or head in _OTHERS or head == "ER" else None

    def _begin(self, number: int, blanks: int, sort: str | None) -> None:
        self._values, self._begun, self._blanks = {}, number, blanks
        self._started, self._last, self._empty = sort is not None, None, 0
        if sort:
            self._values["TY"] = [sort]

    def _field(self, tag: str, value: str) -> None:
        assert self._values is not None
        self._empty = 0
        name = _NAMES.get(tag)
        self._prose = name in _PROSE
        self._last = None
        if name is not None:
            if len(value) < _SHORT:
                value = self._short.setdefault(value, value)
            self._last = self._values.setdefault(tag, [])
            self._last.append(value)

    def _go_on(self, text: str) -> None:
        if not text:
            self._empty += 1
        elif self._last is not None:
            before = self._last[-1]
            between = ("\n\n" if self._empty else "\n") if self._prose else " "
            self._last[-1] = f"{before}{between}{text}" if before else text
            self._empty = 0

    def _ended(self, *, closed: bool) -> Iterator[Part]:
        """The record as it is; no record is being read any more."""
        values, self._values = self._values, None
        unsure, self._unsure = self._unsure, []
        started, self._started = self._started, False
        if values is None:
            return
        entry = Entry(self._begun, _fields(values))
        if started:
            yield entry
            if not closed:
                yield Aside(self._begun, "", "records without ER at their end")
        elif entry.first("title") or entry.first("study"):
            yield entry
            yield Aside(self._begun, "", "records without TY at their beginning")
        else:
            yield from (aside for aside in unsure if aside.text)


def _fields(values: dict[str, list[str]]) -> Fields:
    fields: Fields = {}
    for tag, found in values.items():
        name = _NAMES[tag]
        if "" in found:
            found[:] = [value for value in found if value]
        fields[name] = [*fields[name], *found] if name in fields else found
    for name, tags in _PREFERRED.items():
        if len(fields.get(name, ())) > 1:
            fields[name] = next((values[tag] for tag in tags if values.get(tag)), [])
    fields.setdefault("url", []).extend(fields.pop("link", []))
    if not fields.get("accession"):
        fields["accession"] = fields.get("other accession", []) or _id_of_database(fields)
    _our_own(fields)
    return fields


def _id_of_database(fields: Fields) -> list[str]:
    """ID where it is the number of a database, as Ovid writes it, and not one that a program counted up."""
    addresses = " ".join(fields.get("url", ()))
    return [
        text
        for text in fields.get("id", ())
        if len(text) >= 7 and " " not in text and (fields.get("database") or f"AN={text}" in addresses)
    ]


def _our_own(fields: Fields) -> None:
    """Fields that only livereview writes, in tags to which others give other meanings."""
    if any(text.startswith("livereview:") for text in fields.get("note", ())):
        fields["accession"] = [*fields.get("C1", ())]
        fields["pmid"] = fields.get("C2", [])
        fields["registry"] = fields.get("C3", [])
        fields["kind"] = fields.get("C4", [])
