"""Where things stand in the page: reference numbers, names of studies, retracted reports, figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from livereview import Reference, ReferenceCard, RenderRequest, ReportCard, SourceRow
from livereview.anchors import anchor
from livereview_document.blocks import Picture
from livereview_document.figures import Figures, figures_of
from livereview_document.words import Words, doi_link, fill, inner_link, joined, text


@dataclass(frozen=True)
class Index:
    """What one section must know of the others."""

    fold_above: int
    columns: tuple[str, ...]
    """Columns of the characteristics table that the options name."""
    labels: dict[str, str]
    """By study id: every study that the report mentions."""
    carded: frozenset[str]
    """Ids of the studies that have a row among the included studies."""
    cards: dict[str, ReportCard]
    records: dict[str, Reference]
    """By report id: what the database says of it, where a record that people found became this report."""
    numbers: dict[str, int]
    """By report id: its number in the references."""
    figures: Figures
    outcomes: dict[str, str] = field(default_factory=dict)
    """Title by id."""
    sections: frozenset[str] = frozenset()
    """Names of the parts of the document, which are places in it."""
    traced: frozenset[tuple[str, str]] = frozenset()
    """Outcome and study, where the rows behind the study's number in that outcome are listed."""

    def study(self, study_id: str, label: str | None = None) -> Words:
        """The study's name, linked to its characteristics where it has any."""
        name = label or self.labels.get(study_id, study_id)
        return inner_link(name, anchor("study", study_id)) if study_id in self.carded else text(name)

    def named(self, name: str) -> Words:
        """A study by its id or by its label, as the comparison of two updates has it."""
        ids = [study_id for study_id, label in self.labels.items() if label == name]
        return self.study(ids[0] if name not in self.labels and len(ids) == 1 else name)

    def studies(self, ids: Iterable[str]) -> Words:
        """Names of studies, linked, separated by commas."""
        return joined([self.study(study_id) for study_id in ids])

    def number(self, outcome_id: str, study_id: str, shown: object) -> Words:
        """A study's number in an outcome, or its name there, linked to the rows that it comes from."""
        traced = (outcome_id, study_id) in self.traced
        return inner_link(shown, anchor("from", outcome_id, study_id)) if traced else text(shown)

    def member(self, outcome_id: str, study_id: str, label: str | None = None) -> Words:
        """A study's name among those of an outcome: it leads to its rows there, else to its characteristics."""
        if (outcome_id, study_id) in self.traced:
            return self.number(outcome_id, study_id, label or self.labels.get(study_id, study_id))
        return self.study(study_id, label)

    def members(self, outcome_id: str, ids: Iterable[str]) -> Words:
        """Names of studies of an outcome, separated by commas."""
        return joined([self.member(outcome_id, study_id) for study_id in ids])

    def outcome(self, outcome_id: str) -> Words:
        """The outcome's title, linked to its section where it has one."""
        if outcome_id in self.outcomes:
            return inner_link(self.outcomes[outcome_id], anchor("outcome", outcome_id))
        return text(outcome_id)

    def section(self, label: str, name: str) -> Words:
        """A link to a part of the document; the label alone where there is no such part."""
        return inner_link(label, name) if name in self.sections else text(label)

    def status(self, report_id: str) -> str:
        """Status of a report; active where the report says nothing else."""
        card = self.cards.get(report_id)
        return card.status if card else "active"

    def source(self, rows: Sequence[SourceRow]) -> Words:
        """Citation, reference number and DOI of the report of these rows, with the places in it.

        A retracted or corrected report is named as such.
        """
        row = rows[0]
        ways = [self.reference(row)] if row.report_id in self.numbers else []
        if (link := doi_link(row.doi)) is not None:
            ways.append(link)
        cited = row.citation or row.report_id
        told = fill("{} ({})", cited, joined(ways)) if ways else text(cited)
        places = dict.fromkeys(row.locator or "no locator recorded" for row in rows)
        return fill("{}{}, {}", flag(self.status(row.report_id)), told, joined(list(places), " and "))

    def reference(self, row: SourceRow) -> Words:
        """Number of a row's report in the references; its citation where it has none."""
        return self.numbered(row.report_id) or text(row.citation or row.report_id)

    def numbered(self, report_id: str) -> Words | None:
        """Number of a report in the references; None where they do not have it."""
        if report_id not in self.numbers:
            return None
        return inner_link(f"ref {self.numbers[report_id]}", anchor("report", report_id))

    def pictures(self, outcome: str | None, kind: str | None = None) -> list[Picture]:
        """Figures of an outcome (None = of the review as a whole), in the order they were made."""
        return [picture for picture in self.figures.get(outcome, ()) if kind is None or picture.kind == kind]


def flag(status: str) -> Words:
    """A mark before a report that was retracted or corrected; nothing for an active one."""
    if status == "retracted":
        return fill("**RETRACTED:** ")
    if status == "corrected":
        return fill("**corrected:** ")
    return Words() if status in ("active", "") else fill("**{}:** ", status)


def index(request: RenderRequest, columns: tuple[str, ...], fold_above: int, sections: Iterable[str] = ()) -> Index:
    """The index of a report: references are numbered study by study, in the order of the report."""
    report = request.report
    listed = [card for study in report.studies for card in study.reports] + list(report.other_reports)
    cards: dict[str, ReportCard] = {}
    for card in listed:
        cards.setdefault(card.report_id, card)
    labels = {item.study_id: item.label for item in (*report.unused, *report.excluded)}
    labels |= {item.study_id: item.label for outcome in report.outcomes for item in outcome.excluded}
    labels |= {item.study_id: item.label for outcome in report.outcomes for item in outcome.studies}
    labels |= dict(report.changes.studies_removed) | dict(report.changes.studies_added)
    labels |= {study.study_id: study.label for study in report.studies}
    return Index(
        fold_above=fold_above,
        columns=columns,
        labels=labels,
        carded=frozenset(study.study_id for study in report.studies),
        cards=cards,
        records=_records(report.references),
        numbers={report_id: number for number, report_id in enumerate(cards, start=1)},
        figures=figures_of(request.assets),
        outcomes={outcome.id: outcome.title for outcome in report.outcomes},
        sections=frozenset(sections),
        traced=frozenset(
            (outcome.id, study.study_id) for outcome in report.outcomes for study in outcome.studies if study.rows
        ),
    )


def _records(references: Iterable[ReferenceCard]) -> dict[str, Reference]:
    """The record of each report; of several the first that became the report, not one more of it."""
    titled = [card for card in references if card.report_id and card.reference.title]
    titled.sort(key=lambda card: card.stage == "same report")
    found: dict[str, Reference] = {}
    for card in titled:
        found.setdefault(card.report_id, card.reference)
    return found
