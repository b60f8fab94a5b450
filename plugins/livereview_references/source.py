"""The source itself: from the manifest's options to the ledger's rows of one search, its records and decisions.

Whatever a file has is counted twice, by its own marks and by its reader; where the two differ, it is said.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from livereview import Fetched, FetchRequest, PluginError, Problem, plain_text
from livereview_references import delimited
from livereview_references.entry import Aside, Entry, Lost, is_from_pubmed, is_identified, reference_of
from livereview_references.files import reference_files
from livereview_references.formats import FORMATS, Format, advice, format_of
from livereview_references.identity import Read, distinct, identify
from livereview_references.ledger import decisions_tables, records_tables, search_id, search_table
from livereview_references.options import ReferenceOptions
from livereview_references.screening import decided
from livereview_references.textfile import WESTERN, TextFile

_STEP = 2000
_UNUSABLE = "Complete the record where it came from and export it again, or enter it by hand."


def fetch(request: FetchRequest, options: ReferenceOptions) -> Fetched:
    """The rows of one search: itself, every record of its files once, and what people decided about them.

    A file that cannot be read is a problem, and nothing of the search is recorded; a record that cannot be used is
    named in ``left_out``, and all others are brought. Records that livereview itself wrote, and that come back from
    screening, are in the store: of them only the decisions are brought.
    """
    found = reference_files(request.folder, options.paths, options.encoding, options.max_megabytes)
    intake = _Intake(request=request, options=options, problems=found.problems)
    for file in found.files:
        intake.take(file)
    return intake.fetched()


@dataclass
class _Intake:
    """What the files have brought so far."""

    request: FetchRequest
    options: ReferenceOptions
    problems: list[Problem]
    left_out: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    read: list[Read] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """By file: its format and encoding in words."""
    unusable: int = 0

    def take(self, file: TextFile) -> None:
        """Read one file."""
        self.inputs[file.name] = file.sha256
        head = file.head()
        if delimited.is_log_of_rayyan(head.split("\n", 1)[0]):
            message = "it is Rayyan's log of events, which is not read; decisions are taken from articles.csv"
            self.left_out.append(Problem(place=file.name, message=message, remedy="Leave it, or take it out of path."))
            return
        name = self.options.format if self.options.format != "auto" else format_of(head)
        if name is None:
            what, remedy = advice(head)
            self.problems.append(Problem(place=file.name, message=what, remedy=remedy))
            return
        form = FORMATS[name]
        try:
            self._records(file, form)
        except PluginError as error:
            message = str(error).removeprefix(f"{file.name}: ").removeprefix(f"{file.name}, ")
            self.problems.append(Problem(place=file.name, message=message, remedy="Nothing of this file was recorded."))

    def _records(self, file: TextFile, form: Format) -> None:
        self.labels[file.name] = f"{form.label}, {_encoding(file)}"
        own = form.records(file)
        counted = brought = 0
        asides: dict[str, list[Aside]] = {}
        said: Counter[str] = Counter()
        for part in form.parts(file):
            if isinstance(part, Aside):
                asides.setdefault(part.what, []).append(part)
            elif isinstance(part, Lost):
                counted += part.counted
                self._lost(file, part)
            else:
                counted += 1
                brought += self._entry(file, form, part, said)
                if counted % _STEP == 0:
                    self.request.progress(f"Reading {file.name}", min(counted, own), own)
        self.request.progress(f"Reading {file.name}", own, own)
        self.notes += [_outside(file.name, what, lines) for what, lines in asides.items()]
        self.notes += [f"{file.name}: {count:,} {what}" for what, count in said.items()]
        if counted != own:
            self._miscounted(file, own, counted)
        if counted == 0:
            remedy = "Check that it is the right file, and that it is whole."
            self.problems.append(Problem(place=file.name, message="no record was found in it", remedy=remedy))

    def _entry(self, file: TextFile, form: Format, entry: Entry, said: Counter[str]) -> bool:
        for about in decided(entry, self.options):
            if isinstance(about, Lost):
                self._lost(file, about)
            else:
                said[about] += 1
        reference = reference_of(entry)
        if not is_identified(reference):
            message = "the record has neither a title nor a DOI, PubMed, accession or registry number"
            self._lost(file, Lost(entry.line, message))
            return False
        self.read.append(
            Read(
                line=entry.line,
                reference=reference,
                decisions=tuple(entry.decisions),
                from_pubmed=form.name == "pubmed"
                or (self._of_pubmed() and (form.name == "csv" or is_from_pubmed(entry))),
                place=file.name,
            )
        )
        return True

    def _of_pubmed(self) -> bool:
        search = self.options.search
        return search is not None and search.source.strip().lower().startswith("pubmed")

    def _lost(self, file: TextFile, lost: Lost) -> None:
        self.unusable += lost.counted
        found = plain_text(lost.found)[:60] or None
        self.left_out.append(
            Problem(place=file.name, row=lost.line, found=found, message=lost.message, remedy=_UNUSABLE)
        )

    def _miscounted(self, file: TextFile, own: int, counted: int) -> None:
        message = f"by its own marks the file has {_many(own)}, and {_many(counted)} could be told apart"
        remedy = (
            "Look at what is reported about this file; export it again, or in another format, if records are missing."
        )
        self.left_out.append(Problem(place=file.name, message=message, remedy=remedy))
        self.notes.append(f"{file.name}: {message}")

    def fetched(self) -> Fetched:
        """All rows, with ids; none of them where something must be put right first."""
        search = self.options.search
        unsure = identify(self.read, search.source if search else "screened")
        total = Counter(each.place for each in self.read)
        kept, again = distinct(self.read)
        self.read = []
        new = [each for each in kept if not each.reference.record_id]
        ours = len(kept) - len(new)
        self._say(total, again, unsure, ours)
        tables = list(decisions_tables(kept, self.request.review, self.left_out))
        del kept
        if new and search is None:
            self.problems.append(_no_search(new))
        elif search is not None and (new or not ours):
            hits = search.hits if search.hits is not None else len(new) + self.unusable
            tables.insert(0, search_table(search, self.request.review, hits))
            tables[1:1] = records_tables(new, search_id(search), self.request.today)
        return Fetched(
            tables=tuple(tables),
            problems=tuple(self.problems),
            inputs=self.inputs,
            notes=tuple(self.notes),
            left_out=tuple(self.left_out),
        )

    def _say(self, total: Counter[str], again: Counter[str], unsure: list[str], ours: int) -> None:
        lines = []
        for place, label in self.labels.items():
            twice = (
                f", {again[place]:,} {'stands' if again[place] == 1 else 'stand'} there again" if again[place] else ""
            )
            lines.append(f"{place}: {_many(total[place])} ({label}){twice}")
        if ours:
            lines.append(f"{_many(ours)} of this store came back: they are not taken again, what was decided is")
        if unsure:
            numbers = ", ".join(unsure[:3]) + (", ..." if len(unsure) > 3 else "")
            lines.append(f"the source gave one number to different records ({numbers}): they are told apart by content")
        self.notes[:0] = lines


def _no_search(new: list[Read]) -> Problem:
    return Problem(
        place=new[0].place,
        row=new[0].line,
        found=plain_text(new[0].reference.title)[:60],
        message=f"{_many(len(new))} that livereview did not write, and no search that found them",
        remedy="Say in search which source was searched, and when.",
    )


def _outside(place: str, what: str, lines: list[Aside]) -> str:
    text = plain_text(lines[0].text)[:60]
    shown = f" ({text!r})" if text else ""
    noun = "" if what.startswith("records") else ("line " if len(lines) == 1 else "lines ")
    return f"{place}: {len(lines):,} {noun}{what}, the first in line {lines[0].line}{shown}"


def _encoding(file: TextFile) -> str:
    name = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32"}.get(file.encoding)
    return name or (f"{WESTERN}, since it is not UTF-8" if file.encoding == WESTERN else file.encoding)


def _many(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"
