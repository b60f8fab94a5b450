"""The studies of the review: what they are, which outcomes they enter, their reports, how they were judged."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence

from livereview import Report, ReportCard, StudyCard
from livereview.anchors import anchor
from livereview.printing import MISSING, counted, plain
from livereview_document.blocks import Block, bullets, heading, long, paragraph, stated, table
from livereview_document.index import Index, flag
from livereview_document.sections.appraisals import FIGURES, appraisals_part, overall_judgements
from livereview_document.sections.question import named
from livereview_document.words import CELL_LIMIT, Words, fill, joined, place, prose, registry_link, text

#: Shown first where a manifest names no columns.
COLUMNS = (
    "design", "setting", "population", "ph_status", "regimen", "comparator", "n_total", "median_age",
    "median_followup_months", "year", "funding",
)  # fmt: skip
NAMES = {
    "n_total": "Participants", "n_arm_experimental": "Participants, experimental arm",
    "n_arm_control": "Participants, control arm", "median_age": "Median age (years)",
    "median_followup_months": "Median follow-up (months)", "registry_id": "Registry", "ph_status": "Ph status",
}  # fmt: skip
ELSEWHERE = ("study_id", "label", "note")
Value = str | int | float | None


def included_section(report: Report, at: Index) -> list[Block]:
    """Characteristics, appraisals by instrument, notes on the studies, figures of the review as a whole."""
    blocks = [heading(2, "Included studies", "studies")]
    if not report.studies:
        return [*blocks, paragraph("No study gives a number to any outcome.")]
    present = [name for study in report.studies for name, value in study.characteristics.items() if _given(value)]
    others = [name for name in dict.fromkeys(present) if name not in ELSEWHERE]
    main = list(at.columns) or [name for name in COLUMNS if name in others]
    blocks += [_absent(name, others) for name in at.columns if name not in others]
    blocks.append(_characteristics(report.studies, main, anchored=True, at=at))
    rest = [name for name in others if name not in main]
    if rest:
        blocks += [heading(3, "Further characteristics"), _characteristics(report.studies, rest, anchored=False, at=at)]
    blocks += [heading(3, "Outcomes, reports and appraisals by study"), _given_by(report, at)]
    notes = [(study, study.characteristics.get("note")) for study in report.studies]
    lines = [fill("{}: {}", at.study(study.study_id), prose(note)) for study, note in notes if _given(note)]
    if lines:
        listed = long(f"Notes on {counted(len(lines), 'study', 'studies')}", bullets(lines), len(lines), at.fold_above)
        blocks += [heading(3, "Notes on the studies"), listed]
    blocks += appraisals_part(report, at)
    figures = [figure for figure in at.pictures(None) if figure.kind not in ("flow", *FIGURES)]
    return [*blocks, *figures]


def _given(value: Value) -> bool:
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value))


def _absent(name: str, present: Sequence[str]) -> Block:
    near = difflib.get_close_matches(name, present, n=3)
    advice = f" Near names: {', '.join(near)}." if near else ""
    return stated("**No study has the characteristic {}** that the renderer's options name.{}", name, advice)


def _characteristics(studies: Sequence[StudyCard], names: Sequence[str], *, anchored: bool, at: Index) -> Block:
    headers = ["Study", *(NAMES.get(name, named(name)) for name in names)]
    rows = []
    for study in studies:
        here = anchor("study", study.study_id)
        name = fill("{}{}", place(here), study.label) if anchored else at.study(study.study_id)
        rows.append((name, *(_value(key, study.characteristics.get(key)) for key in names)))
    numeric = [
        i
        for i, key in enumerate(names, start=1)
        if all(isinstance(value, int | float) for s in studies if _given(value := s.characteristics.get(key)))
    ]
    keys = [[study.label, *(_key(study.characteristics.get(name)) for name in names)] for study in studies]
    return table(headers, rows, right=numeric, role="characteristics", keys=keys)


def _key(value: Value) -> Value:
    return value if _given(value) else None


def _given_by(report: Report, at: Index) -> Block:
    """What each study gives the review: the outcomes it enters, its reports, its appraisals in a word."""
    judged = overall_judgements(report.instruments)
    headers = ("Study", "Enters", "Reports", *(["Appraisal"] if judged else []))
    rows = [
        (
            at.study(study.study_id, study.label),
            joined([_entry(name, study, at) for name in study.outcomes]) if study.outcomes else text(None),
            joined([_reference(card, at) for card in study.reports]) if study.reports else text(None),
            *([joined(judged.get(study.study_id, [text("not appraised")]), "; ")] if judged else []),
        )
        for study in report.studies
    ]
    return table(headers, rows, role="characteristics")


def _entry(outcome_id: str, study: StudyCard, at: Index) -> Words:
    """An outcome that a study enters; it leads to the rows behind the study's number there."""
    return at.number(outcome_id, study.study_id, at.outcomes.get(outcome_id, outcome_id))


def _reference(card: ReportCard, at: Index) -> Words:
    return fill("{}{}", flag(card.status), at.numbered(card.report_id))


def _value(name: str, value: Value) -> Words:
    if not _given(value):
        return text(MISSING)
    if name == "registry_id":
        return joined([registry_link(part) for part in str(value).split(";") if part.strip()], "; ")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text(str(int(value)) if name == "year" else plain(value))
    return text(value, CELL_LIMIT)
