"""From the drafts of one trial to proposed rows of studies, reports and results, with what a person must settle.

Which study an arm belongs to, what a group is called in the review and which outcome a title means are said by the
manifest or by a person; the registry's own words stand there until then, and such a column is marked as unsettled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from livereview import Cell, RawTable, partial_date, plain_text, registry_ids_in
from livereview_registries.adverse_events import draft_adverse_events
from livereview_registries.comparisons import draft_comparisons
from livereview_registries.drafts import Draft, Drafting, noted
from livereview_registries.measures import draft_outcome_measures
from livereview_registries.options import Mappings
from livereview_registries.trial import Trial
from livereview_registries.wording import Patterns, is_name, name_of

STUDY_COLUMNS = ("study_id", "label", "registry_id", "design", "phase", "n_total", "year", "note")
REPORT_COLUMNS = ("report_id", "study_id", "journal", "year", "published_on", "kind", "url", "note")
RESULT_COLUMNS = (
    "study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure", "events", "n",
    "estimate", "ci_low", "ci_high", "ci_level", "se", "sd", "p_value", "locator", "status", "variant", "note",
)  # fmt: skip
_KEY = ("study_id", "outcome", "timepoint_months", "arm", "comparator", "measure")

_UNNAMED = "numbers of outcome measures that no pattern of outcomes names"

Row = dict[str, Cell]


@dataclass
class Wording:
    """The mappings of one manifest, shared by all trials of a fetch."""

    outcomes: Patterns
    arms: Patterns
    studies: Patterns

    @classmethod
    def of(cls, options: Mappings) -> Wording:
        """The mappings of the options."""
        return cls(Patterns(options.outcomes), Patterns(options.arms), Patterns(options.studies))

    def unused(self) -> tuple[str, ...]:
        """A note on the patterns that fitted nothing, most likely slips of the pen."""
        named = (("outcomes", self.outcomes), ("arms", self.arms), ("studies", self.studies))
        return tuple(
            f'{name}: the pattern "{pattern}" fits nothing in the documents read'
            for name, patterns in named
            for pattern in patterns.unused
        )


@dataclass
class Proposed:
    """What the documents of one trial propose."""

    tables: list[RawTable]
    drafting: Drafting


def proposed(
    trial: Trial,
    place: str,
    options: Mappings,
    wording: Wording,
    studies: Iterable[Mapping[str, Cell]],
    today: date = date.max,
) -> Proposed:
    """Proposed rows of the posted results of a trial; ``studies`` are the known ones. A posting of after ``today``
    has no date, as the store takes none that is ahead."""
    drafting = Drafting(trial, place)
    draft_outcome_measures(drafting)
    draft_comparisons(drafting)
    if options.outcome_measures == "mapped":
        drafting.keep(lambda draft: wording.outcomes.word(draft.full_title) is not None, _UNNAMED)
    every = options.adverse_events == "all"
    draft_adverse_events(drafting, lambda title: every or wording.outcomes.word(title) is not None)
    known = tuple(dict.fromkeys(str(row["study_id"]) for row in studies if set(numbers_of(row)) & set(trial.numbers)))
    rows, unsettled = _results(drafting.drafts, trial, wording, known)
    if not rows:
        return Proposed([], drafting)
    used = {str(row["study_id"]) for row in rows}
    is_new = not known and trial.nct.lower() in used
    open_report = trial.nct.lower() in used and not is_new
    tables = [_table("studies", f"{place}, study", STUDY_COLUMNS, [_study(trial)])] if is_new else []
    tables.append(
        _table("reports", f"{place}, report", REPORT_COLUMNS, [_report(trial, set() if open_report else used, today)])
    )
    tables.append(_table("results", f"{place}, results", RESULT_COLUMNS, rows, unsettled))
    return Proposed(tables, drafting)


def numbers_of(row: Mapping[str, Cell]) -> tuple[str, ...]:
    """The registry numbers of a known row of studies or ongoing."""
    return registry_ids_in(str(row.get("registry_id") or ""))


def _table(
    name: str,
    place: str,
    columns: tuple[str, ...],
    rows: list[Row],
    unsettled: Mapping[int, tuple[str, ...]] | None = None,
) -> RawTable:
    return RawTable(
        table=name,
        place=place,
        columns=columns,
        rows=tuple(tuple(row.get(column) for column in columns) for row in rows),
        row_numbers=tuple(range(2, len(rows) + 2)),
        kind="proposed",
        unsettled=unsettled or {},
    )


# --- results -------------------------------------------------------------------------------------------------------


def _results(
    drafts: list[Draft], trial: Trial, wording: Wording, known: tuple[str, ...]
) -> tuple[list[Row], dict[int, tuple[str, ...]]]:
    rows: list[Row] = []
    open_columns: list[set[str]] = []
    for draft in drafts:
        row, unsettled = _result(draft, trial, wording, known)
        rows.append(row)
        open_columns.append(unsettled)
    for positions in _tell_apart(rows, drafts):
        if len({drafts[position].groups for position in positions}) > 1:
            for position in positions:  # two groups cannot both be the one arm of the review
                open_columns[position].add("arm")
    order = {column: position for position, column in enumerate(RESULT_COLUMNS)}
    return rows, {i: tuple(sorted(found, key=order.__getitem__)) for i, found in enumerate(open_columns) if found}


def _result(draft: Draft, trial: Trial, wording: Wording, known: tuple[str, ...]) -> tuple[Row, set[str]]:
    unsettled = set(draft.unsettled)
    arms = [wording.arms.word(title) for title in draft.groups]
    if None in arms:
        unsettled |= {("arm", "comparator")[position] for position, arm in enumerate(arms) if arm is None}
    named = [arm or arm_of(title) for arm, title in zip(arms, draft.groups, strict=True)]
    study, settled = _study_of(draft, trial, wording, known)
    if not settled:
        unsettled.add("study_id")
    outcome = wording.outcomes.word(draft.full_title)
    if outcome is None:
        unsettled.add("outcome")
        outcome = name_of(*(draft.title if draft.section == "outcome" else (draft.section, *draft.title)))
    row: Row = {
        "study_id": study,
        "report_id": report_id(trial),
        "outcome": outcome,
        "arm": named[0],
        "comparator": named[1] if len(named) == 2 else None,
        "measure": draft.measure,
        "locator": f"{draft.where}, {draft.path}",
        "status": draft.status,
        "note": draft.note,
        **draft.values,
    }
    return row, unsettled


def arm_of(title: str) -> str:
    """The title of a group as the name of an arm. One that the store takes for an empty cell is put in words."""
    title = plain_text(title)
    return title if is_name(title) else f'group "{title}"'


def _study_of(draft: Draft, trial: Trial, wording: Wording, known: tuple[str, ...]) -> tuple[str, bool]:
    """The study that a draft belongs to, and whether that is certain. Studies that share a number are told apart by
    the manifest alone; without that, the registry's number stands for the study."""
    said = {wording.studies.word(f"{trial.nct} {title}") for title in draft.groups}
    if len(said) == 1 and (only := said.pop()) is not None:
        return only, True
    if len(known) == 1 and said <= {None}:
        return known[0], True
    return trial.nct.lower(), False


def _tell_apart(rows: list[Row], drafts: list[Draft]) -> list[list[int]]:
    """Give rows of one key a variant each, from what tells their drafts apart; where nothing does, their path. The
    positions of the rows of each such key are returned."""
    same: dict[tuple[Cell, ...], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        same[tuple(row.get(column) for column in _KEY)].append(position)
    shared = [positions for positions in same.values() if len(positions) > 1]
    for positions in shared:
        choices = zip(*(drafts[position].tells_apart for position in positions), strict=True)
        named = (tuple(name_of(text) if text.strip() else "" for text in texts) for texts in choices)
        fitting = next((names for names in named if len(set(names)) == len(names)), None)
        if fitting is None:
            fitting = tuple(name_of(drafts[position].path) for position in positions)
        for position, variant in zip(positions, fitting, strict=True):
            rows[position]["variant"] = variant
    return shared


# --- the study and the report --------------------------------------------------------------------------------------


def report_id(trial: Trial) -> str:
    """The id of a trial's posting in the registry as a report."""
    return f"nct:{trial.nct}"


def url(trial: Trial) -> str:
    """Where people read it."""
    return f"https://clinicaltrials.gov/study/{trial.nct}"


def _report(trial: Trial, studies: set[str], today: date) -> Row:
    published = partial_date(trial.results_posted) or partial_date(trial.updated)
    if published > today.isoformat():
        published = ""
    return {
        "report_id": report_id(trial),
        "study_id": next(iter(studies)) if len(studies) == 1 else None,
        "journal": "ClinicalTrials.gov",
        "year": published[:4] or None,
        "published_on": published,
        "kind": "registry",
        "url": url(trial),
        "note": "date of the first posting of results; what is posted may have changed since"
        if trial.results_posted
        else "when results were first posted is not stated; date of the last update",
    }


def _study(trial: Trial) -> Row:
    published = partial_date(trial.results_posted)
    counted = ", ".join(f"{title}: {count or 'not stated'}" for title, count in trial.baseline)
    return {
        "study_id": trial.nct.lower(),
        "label": label(trial),
        "registry_id": "; ".join(trial.numbers),
        "design": design(trial),
        "phase": phase(trial),
        "n_total": trial.enrollment if trial.enrolled else None,
        "year": published[:4] or None,
        "note": noted(title=trial.title, participants_at_baseline=counted) or None,
    }


def label(trial: Trial) -> str:
    """The acronym, or the first words of the title, with the number."""
    words = plain_text(trial.brief_title or trial.title).split()
    name = plain_text(trial.acronym) or " ".join(words[:5]) + ("…" if len(words) > 5 else "")
    return f"{name} ({trial.nct})".strip()


def design(trial: Trial) -> str | None:
    """``rct`` of a randomised trial, ``single-arm`` of one with a single group; None where neither is stated."""
    if trial.allocation == "RANDOMIZED":
        return "rct"
    return "single-arm" if trial.model == "SINGLE_GROUP" else None


def phase(trial: Trial) -> str | None:
    """``2`` or ``1/2``; None where none is stated."""
    digits = [each.removeprefix("EARLY_PHASE").removeprefix("PHASE") for each in trial.phases]
    return "/".join(each for each in digits if each.isdigit()) or None
