"""Studies as RevMan's files have them: information, arms and results; and the lists of those that are not included."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from livereview import Ongoing, OutcomeResult, Report, SourceRow, StudyResult, plain_text
from livereview.spreadsheet import Record
from livereview_handover.cells import name, number, paragraphs
from livereview_handover.entries import Entry, Lists
from livereview_handover.lists import trial_facts
from livereview_handover.numbers import footnote
from livereview_handover.settings import ENTERED

#: Which column of characteristics goes into which box of RevMan's table.
_BOXES = {
    "Char: Methods": ("design", "phase", "country", "median_followup_months", "registry_id"),
    "Char: Participants": ("population", "setting", "ph_status", "n_total", "median_age", "age_range"),
    "Char: Interventions": ("regimen", "n_arm_experimental", "comparator", "n_arm_control"),
}
_NOT_PUBLISHED = ("registry", "other")


def study_information(report: Report, lists: Lists, names: Mapping[str, str]) -> Iterator[Record]:
    """A row for each study of the review, also for those without a number."""
    titles = {outcome.id: outcome.title for outcome in report.outcomes}
    cards = {card.study_id: card for card in report.studies}
    published = _published(lists.included)
    for study_id in dict.fromkeys([*cards, *(item.study_id for item in report.unused)]):
        card = cards.get(study_id)
        known = {} if card is None else dict(card.characteristics)
        boxes = {box: paragraphs(_facts(known, columns)) for box, columns in _BOXES.items()}
        taken = {"year", *(column for columns in _BOXES.values() for column in columns)}
        rest = [column for column in known if column not in taken]
        yield {
            "Study": names[study_id],
            "Year": known.get("year"),
            "Data source": "PUB" if study_id in published else None,
            **boxes,
            "Char: Outcomes": paragraphs(titles[outcome] for outcome in card.outcomes) if card else None,
            "Char: Notes": paragraphs(_facts(known, rest)),
        }


def _facts(known: Mapping[str, str | int | float | None], columns: Iterable[str]) -> list[str]:
    """The characteristics that are known, in words."""
    return [f"{column.replace('_', ' ')}: {known[column]}" for column in columns if known.get(column) not in (None, "")]


def _published(entries: Iterable[Entry]) -> set[str]:
    """The studies with a report that is more than a registry entry."""
    return {entry.study_id for entry in entries if entry.report_id and entry.reference.kind not in _NOT_PUBLISHED}


def study_arms(report: Report, names: Mapping[str, str]) -> list[Record]:
    """Every arm that a number of the review belongs to, study by study."""
    found: dict[tuple[str, str], Record] = {}
    for outcome in report.outcomes:
        for study in outcome.studies:
            for row in study.rows:
                for arm in (row.arm, row.comparator):
                    if arm:
                        key = (names[study.study_id], name(arm))
                        found[key] = {"Study": key[0], "Arm": key[1], "Intervention": key[1]}
    return [found[key] for key in sorted(found)]


# --- results -----------------------------------------------------------------------------------------------------


def study_results(report: Report, names: Mapping[str, str]) -> Iterator[Record]:
    """The numbers of each study at each outcome: a row for each arm with counts or means, or one for a comparison.

    An estimate of a single arm (a survival probability) has no row here: it is in the analyses as an effect.
    """
    for outcome in report.outcomes:
        for study in outcome.studies:
            shared = {"Study": names[study.study_id], "Outcome": name(outcome.title)}
            rows = list(_arm_rows(outcome, study)) or ([_contrast_row(outcome, study)] if outcome.control else [])
            notes = {"Footnotes": plain_text(footnote(study)) or None}
            yield from ({**shared, **row, **(notes if at == 0 else {})} for at, row in enumerate(rows))


def _arm_rows(outcome: OutcomeResult, study: StudyResult) -> Iterator[Record]:
    """Counts or means of arms; none where the study has a number of another kind."""
    arms: tuple[tuple[int, str, str], ...] = ((1, "_1", outcome.experimental), (2, "_2", outcome.control))
    if "n_1" not in study.data or not {"events_1", "mean_1"} & set(study.data):
        arms = ((1, "", outcome.experimental),)
        if "n" not in study.data or outcome.control or not {"events", "mean"} & set(study.data):
            return
    for side, suffix, label in arms:
        yield {
            "Data type": "Arm level",
            "Arm": name(_arm(study.rows, side, len(arms), label)) or None,
            "Sample size": number(study.data.get(f"n{suffix}")),
            "Cases": number(study.data.get(f"events{suffix}")),
            "Mean": number(study.data.get(f"mean{suffix}")),
            "SD": number(study.data.get(f"sd{suffix}")),
        }


def _arm(rows: tuple[SourceRow, ...], side: int, sides: int, label: str) -> str:
    """The arm as the sheets name it: rows of an outcome have that of the experimental arm first. Of arms that were put
    together the review's name for that side."""
    arms = list(dict.fromkeys(row.arm for row in rows))
    return arms[side - 1] if len(arms) == sides else label


def _contrast_row(outcome: OutcomeResult, study: StudyResult) -> Record:
    """A comparison on the analysis scale; the ratio beside it where that is the log."""
    row = study.rows[0] if study.rows else None
    log = outcome.scale == "log"
    return {
        "Data type": "Contrast level",
        "Effect measure": plain_text(ENTERED.get(outcome.measure, outcome.measure_title)),
        "Arm": name(row.arm if row else outcome.experimental) or None,
        "Reference arm": name((row.comparator if row else None) or outcome.control) or None,
        "Mean": number(study.effect),
        "SE": number(math.sqrt(study.variance)),
        "CI level": number(outcome.level),
        "Exp mean": number(study.shown.estimate) if log else None,
        "Exp CI start": number(study.shown.low) if log else None,
        "Exp CI end": number(study.shown.high) if log else None,
        "P value": number(study.data.get("p_value")),
    }


# --- studies that are not included -------------------------------------------------------------------------------


def excluded_information(entries: Iterable[Entry]) -> list[Record]:
    """Each excluded study, or record of none, once with every reason given for it."""
    return [
        {**_basics(study, found), "Char: Reason for exclusion": paragraphs(dict.fromkeys(e.reason for e in found))}
        for study, found in _by_name(entries)
    ]


def awaiting_information(entries: Iterable[Entry]) -> list[Record]:
    """Each study, or record of none, that awaits something, with what it awaits."""
    return [
        {**_basics(study, found), "Char: Notes": paragraphs(dict.fromkeys(_waits(e) for e in found))}
        for study, found in _by_name(entries)
    ]


def _waits(entry: Entry) -> str:
    return f"{entry.stage}: {entry.reason}" if entry.reason else entry.stage


def _basics(study: str, entries: list[Entry]) -> Record:
    years = [entry.reference.year for entry in entries if entry.reference.year]
    published = any(entry.reference.kind not in _NOT_PUBLISHED for entry in entries)
    return {"Study": study, "Year": min(years, default=None), "Data source": "PUB" if published else None}


def _by_name(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.name, []).append(entry)
    return list(found.items())


def ongoing_information(trials: Iterable[Ongoing]) -> Iterator[Record]:
    """Each registered trial."""
    for trial in trials:
        facts = dict(trial_facts(trial))
        yield {
            "Study": name(trial.registry_id),
            "Char: Methods": _of(facts, "phase", "design", "planned patients"),
            "Char: Participants": _of(facts, "setting"),
            "Char: Interventions": _of(facts, "regimen", "comparator"),
            "Char: Outcomes": _of(facts, "primary endpoint"),
            "Char: Notes": _of({**facts, "seen in": trial.source}, "recruitment", "results expected", "seen in"),
        }


def _of(facts: Mapping[str, str], *wanted: str) -> str | None:
    return paragraphs(f"{what}: {facts[what]}" for what in wanted if facts.get(what))
