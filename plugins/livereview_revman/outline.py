"""What a manifest starts from: each analysis as an outcome that is pooled as the review did, or why it is none.

A study gives one number to an outcome. Where a review counts one several times in an analysis, its result cannot be had
so; subgroups in which each study stands once become outcomes of their own, and the rest is named. What a review does
not pool itself is no outcome: its settings need not fit that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from livereview import FetchRequest, Outline, OutlinedOutcome
from livereview_revman.choices import choices_of
from livereview_revman.evidence import arms, tables
from livereview_revman.members import is_revman, members
from livereview_revman.options import RevmanOptions
from livereview_revman.review import Analysis, Entry, Review
from livereview_revman.source import reading


def outline(request: FetchRequest, options: RevmanOptions) -> Outline | None:
    """The outcomes of the reviews in a file or folder; None where it holds nothing of RevMan."""
    found = members(request.folder, options.paths, options.max_megabytes)
    if not any(is_revman(member) for member in found.members):
        return None
    outcomes: list[OutlinedOutcome] = []
    left_out: list[str] = []
    reviews = [review for review in reading(request, options).reviews if review.holds_something]
    if len(reviews) > 1:
        names = ", ".join(review.id for review in reviews)
        return Outline(title="", outcomes=(), left_out=(f"it holds several reviews ({names}); take one at a time",))
    for review in reviews:
        read = _outcomes_read(review)
        for analysis in review.analyses.values():
            for item in _outlined(analysis, read):
                if isinstance(item, str):
                    left_out.append(f"analysis {analysis.key} {analysis.name}: {item}")
                else:
                    outcomes.append(item)
    title = reviews[0].title if reviews else ""
    return Outline(title=title, outcomes=tuple(outcomes), left_out=tuple(left_out))


def _outcomes_read(review: Review) -> set[str]:
    """Codes of the analyses of which some row enters the store."""
    found: set[str] = set()
    for table in tables(review, None, {}):
        if table.table == "results":
            column = table.columns.index("outcome")
            found |= {str(row[column]) for row in table.rows}
    return found


def _outlined(analysis: Analysis, read: set[str]) -> Iterator[OutlinedOutcome | str]:
    """The outcomes of one analysis, and why others are none."""
    if not analysis.settings:
        yield "the files do not say how it was pooled"
    elif analysis.code not in read:
        yield "none of its rows has a number that could be pooled"
    elif analysis.swapped:
        yield "the review pools people without the event, which the events of the store are not"
    elif choices_of(analysis) is None:
        measure, method = analysis.measure or "no measure", analysis.method or "no method"
        yield f"no model here pools as the review did ({measure}, {method} {analysis.estimator} {analysis.interval})"
    elif analysis.totals and not (reason := _several(analysis.entries, "overall")):
        yield _outcome(analysis, analysis.subgroups)
    else:
        yield from _by_subgroup(analysis, reason if analysis.totals else "the review has no overall result of it")


def _by_subgroup(analysis: Analysis, reason: str) -> Iterator[OutlinedOutcome | str]:
    names = analysis.subgroups
    if names and not analysis.subtotals:
        yield f"{reason}; its subgroups have no results" if analysis.totals else f"{reason}, nor of its subgroups"
        return
    yield f"{reason}{'; its subgroups are outcomes of their own' if names else ''}"
    for index, name in enumerate(names, start=1):
        rows = [entry for entry in analysis.entries if entry.subgroup == name]
        why = _several(rows, "subgroup")
        yield f"subgroup {name}: {why}" if why else _outcome(analysis, [name], index)


def _several(entries: Sequence[Entry], whole: str) -> str:
    """Why rows give no one number for each study; empty where they do."""
    times = Counter(entry.study for entry in entries)
    twice = [study for study, many in times.items() if many > 1]
    if twice:
        return f"{', '.join(twice[:3])}{' and others' if len(twice) > 3 else ''} counted several times in it"
    if whole == "overall" and any(not entry.counts_overall for entry in entries):
        return "some of its rows are in the result of their subgroup only"
    if whole == "subgroup" and any(not entry.counts_in_subgroup for entry in entries):
        return "some of its rows are in the overall result only"
    return ""


def _outcome(analysis: Analysis, subgroups: Sequence[str], index: int = 0) -> OutlinedOutcome:
    choices = choices_of(analysis)
    assert choices is not None
    first, second = arms(analysis)
    part = f" - {subgroups[0]}" if index else ""
    populations = {name: f"subgroup:{name}" for name in subgroups}
    bare = [""] if any(not entry.subgroup for entry in analysis.entries) else []
    favours = (analysis.left, analysis.right) if analysis.left and analysis.right else ()
    divided = len(subgroups) > 1 and not bare and analysis.subtotals
    return OutlinedOutcome(
        id=f"{analysis.code}-subgroup-{index}" if index else analysis.code,
        title=f"{analysis.key} {analysis.name}{part}".strip(), group=analysis.group_name, result=analysis.code,
        unit=analysis.unit, population=(*populations.values(), *bare) if populations else (),
        experimental=(first,), control=(second,) if second else (), favours=favours, measure=choices.measure,
        measure_options=choices.measure_options, model=choices.model, model_options=choices.model_options,
        level=choices.level, prediction=choices.prediction, i2=choices.i2, subgroups=populations if divided else {},
    )  # fmt: skip
