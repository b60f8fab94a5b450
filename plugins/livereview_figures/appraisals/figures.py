"""Which figures of appraisals a review and its outcomes have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from livereview import OutcomeResult, Report
from livereview.printing import counted
from livereview_figures.appraisals.numbers import judgements_data, shares_data
from livereview_figures.appraisals.standing import Appraisal, Appraised, of_outcome, of_review
from livereview_figures.appraisals.summary import summary
from livereview_figures.appraisals.traffic import traffic_light
from livereview_figures.drawing.figure import Figure
from livereview_figures.drawing.text import clean

MOST_ROWS = 60
"""Studies on one page."""


def review_appraisals(report: Report, size: float) -> Iterator[Figure]:
    """A traffic light and a summary for each instrument, of everything that was judged with it."""
    taken = set[str]()
    for appraisal in of_review(report):
        name = _named(appraisal.title, taken)
        yield from _figures(appraisal, f"-{name}", clean(report.review.title), size)


def outcome_appraisals(report: Report, outcome: OutcomeResult, size: float) -> Iterator[Figure]:
    """The same of one outcome, where any of its results was judged; an instrument is named where there are several."""
    found = list(of_outcome(report, outcome))
    taken = set[str]()
    for appraisal in found:
        suffix = f"-{_named(appraisal.title, taken)}" if len(found) > 1 else ""
        yield from _figures(appraisal, suffix, clean(outcome.title), size)


def _named(title: str, taken: set[str]) -> str:
    """The instrument's name in file names, each once whatever capitals it has."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:40] or "instrument"
    name = next(one for one in (plain, *(f"{plain}-{i}" for i in range(2, 1000))) if one.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _figures(appraisal: Appraisal, suffix: str, of: str, size: float) -> Iterator[Figure]:
    outcome = None if appraisal.outcome is None else appraisal.outcome.id
    pages = list(_pages(appraisal.rows))
    judged = "Judgements" if _judges(appraisal) else "Points"
    for number, rows in enumerate(pages, start=1):
        part = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
        page = traffic_light(appraisal, f"{of}: {appraisal.title}", f"{judged} of each study{part}", rows, size)
        yield Figure(
            kind="risk-of-bias", page=page, data=judgements_data(appraisal), outcome=outcome,
            title=f"{of}: {appraisal.title}, {judged.lower()} of each study{part}", alt=in_words(appraisal),
            suffix=suffix + (f"-page-{number}" if number > 1 else ""),
        )  # fmt: skip
    if len(appraisal.rows) > 1:
        share = _share_in_words(appraisal)
        page = summary(appraisal, f"{of}: {appraisal.title}", share, size)
        title = f"{of}: {appraisal.title}, {share[:1].lower()}{share[1:]}"
        yield Figure(
            kind="risk-of-bias-summary", page=page, data=shares_data(appraisal), outcome=outcome, title=title,
            alt=in_words(appraisal), suffix=suffix,
        )  # fmt: skip


def _judges(appraisal: Appraisal) -> bool:
    """Whether the instrument has judgements in words and not points."""
    every = (appraisal.judgement(row, item) for row in appraisal.rows for item in appraisal.columns)
    return not any(one.severity == "points" for one in every)


def _share_in_words(appraisal: Appraisal) -> str:
    """What the bars are parts of: the weights of the model, or the rows, each counting once."""
    by = "judgement" if _judges(appraisal) else "points"
    if appraisal.weighted:
        return f"Share of the model's weight by {by}, {counted(len(appraisal.rows), 'study', 'studies')}"
    return f"Share of studies by {by}, {_rows(appraisal)}, unweighted"


def _rows(appraisal: Appraisal) -> str:
    """How many studies; how many judgements, where a study has several."""
    studies = len({row.study_id for row in appraisal.rows})
    told = counted(studies, "study", "studies")
    return told if studies == len(appraisal.rows) else f"{counted(len(appraisal.rows), 'result')} of {told}"


def _pages(rows: Sequence[Appraised]) -> Iterator[Sequence[Appraised]]:
    """The rows on as few pages as there must be, each about as long as the others."""
    pages = -(-len(rows) // MOST_ROWS)
    each = -(-len(rows) // pages)
    for start in range(0, len(rows), each):
        yield rows[start : start + each]


def in_words(appraisal: Appraisal) -> str:
    """How many studies have which judgement, item by item, the one that judges the whole first."""
    whole = appraisal.instrument.overall
    items = sorted(appraisal.columns, key=lambda item: item != whole)
    told = [f"{'Overall' if item == whole else clean(item)}: {_counts(appraisal, item)}" for item in items]
    return f"{_rows(appraisal)}. {'; '.join(told)}."


def _counts(appraisal: Appraisal, item: str) -> str:
    parts: Iterable[str] = (f"{studies} {clean(one.words)}" for one, studies, _ in appraisal.shares(item))
    return ", ".join(parts)
