"""What an update changed, at a glance: verdicts, estimates before and now, the studies that came or went.

It adds nothing to the report's own section, which stands below it in full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from livereview import Interval, OutcomeChange, OutcomeResult, Report, Verdict
from livereview.anchors import anchor
from livereview.printing import counted, interval, known
from livereview_document.sections.moved import differs
from livereview_document.words import prose, shortened, text
from livereview_html.markup import Html, element, lines, together
from livereview_html.phrasing import phrasing, place_link
from livereview_html.strip import strip

#: Verdicts in the order in which a reader wants them.
ORDER = ("consequential", "redefined", "undecided", "first", "not-consequential", "no-new-evidence")
#: The last of them: there is nothing to tell.
QUIET = "no-new-evidence"
#: More reasons than this are left to the section's tables.
REASONS = 4


def compared(report: Report) -> bool:
    """Whether the report compares itself with an earlier update."""
    return bool(report.provenance.update) and not report.changes.first


def changed_places(report: Report) -> dict[str, bool]:
    """Of each outcome's place, whether the outcome changed; empty where nothing is compared."""
    if not compared(report):
        return {}
    differing = {change.id for change in report.changes.outcomes if differs(change)}
    differing |= {verdict.id for verdict in report.changes.verdicts if verdict.kind != QUIET}
    return {anchor("outcome", outcome.id): outcome.id in differing for outcome in report.outcomes}


def overview(report: Report) -> Html | None:
    """The verdicts in numbers, then an entry per outcome that changed; None where nothing is compared."""
    changes = report.changes
    if not compared(report) or not changes.verdicts:
        return None
    view = _View(report)
    told = [verdict for verdict in changes.verdicts if verdict.kind != QUIET or view.differs(verdict.id)]
    told.sort(key=lambda verdict: ORDER.index(verdict.kind))
    entries = [view.entry(verdict) for verdict in told]
    return lines([
        _tally(changes.verdicts),
        element("ul", {"class": "changes"}, "\n", lines(entries)) if entries else None,
        _studies("Studies that are new to the review: ", changes.studies_added, view.carded),
        _studies("Studies no longer in the review: ", changes.studies_removed, view.carded),
    ])  # fmt: skip


def badge(kind: str, words: str) -> Html:
    """A verdict as a badge: its words, and a colour besides."""
    return element("span", {"class": f"badge {kind}"}, words)


def _tally(verdicts: Iterable[Verdict]) -> Html:
    found = list(verdicts)
    items = []
    for kind in ORDER:
        of_kind = [verdict for verdict in found if verdict.kind == kind]
        if of_kind:
            items.append(element("li", None, badge(kind, f"{of_kind[0].words}: {len(of_kind)}")))
    return element("ul", {"class": "tally"}, *items)


def _studies(words: str, studies: Sequence[tuple[str, str]], carded: frozenset[str]) -> Html | None:
    if not studies:
        return None
    return element("p", None, words, together([_study(*study, carded) for study in studies], ", "), ".")


def _study(study_id: str, label: str, carded: frozenset[str]) -> Html:
    name = phrasing(text(label))
    return element("a", {"href": place_link(anchor("study", study_id))}, name) if study_id in carded else name


class _View:
    """What an entry must know of the report."""

    def __init__(self, report: Report) -> None:
        self.outcomes: Mapping[str, OutcomeResult] = {outcome.id: outcome for outcome in report.outcomes}
        self.changes: Mapping[str, OutcomeChange] = {change.id: change for change in report.changes.outcomes}
        self.carded = frozenset(study.study_id for study in report.studies)
        listed = [*report.excluded, *report.unused]
        for outcome in report.outcomes:
            listed += outcome.excluded
        labels = {item.study_id: item.label for item in listed}
        labels |= {study.study_id: study.label for outcome in report.outcomes for study in outcome.studies}
        labels |= {study.study_id: study.label for study in report.studies}
        self.labels = {**labels, **dict(report.changes.studies_removed), **dict(report.changes.studies_added)}

    def differs(self, outcome_id: str) -> bool:
        change = self.changes.get(outcome_id)
        return change is not None and differs(change)

    def entry(self, verdict: Verdict) -> Html:
        outcome, change = self.outcomes.get(verdict.id), self.changes.get(verdict.id)
        name: Html = phrasing(text(verdict.title))
        if outcome is not None:
            name = element("a", {"href": place_link(anchor("outcome", verdict.id))}, name)
        why = [element("li", None, phrasing(prose(shortened(reason, 600)))) for reason in verdict.why[:REASONS]]
        more = len(verdict.why) - REASONS
        why += [element("li", None, f"{counted(more, 'further reason')}: see below.")] if more > 0 else []
        return element(
            "li",
            {"class": verdict.kind},
            badge(verdict.kind, verdict.words),
            element("h3", None, name),
            *(self._numbers(change, outcome) if change is not None else ()),
            element("ul", {"class": "why"}, *why) if why else None,
        )

    def _numbers(self, change: OutcomeChange, outcome: OutcomeResult | None) -> list[Html | None]:
        null = outcome.null_shown if outcome is not None else None
        was = element("span", {"class": "was"}, _said(change.before, change.k_before, change.display))
        now = element("strong", None, _said(change.after, change.k_after, change.display))
        arrow = together(
            [element("span", {"aria-hidden": "true"}, " → "), element("span", {"class": "unseen"}, ", now ")]
        )
        return [
            element("p", None, element("span", {"class": "unseen"}, "Before: "), was, arrow, now),
            strip(change.before, change.after, change.display, null),
            self._moved("new", change.studies_added),
            self._moved("removed", change.studies_removed),
        ]

    def _moved(self, word: str, ids: Sequence[str]) -> Html | None:
        if not ids:
            return None
        names = [_study(study_id, self.labels.get(study_id, study_id), self.carded) for study_id in ids]
        return element("p", None, element("span", {"class": "badge study"}, word), " ", together(names, ", "))


def _said(value: Interval | None, k: int | None, display: str) -> str:
    """An estimate with its interval and its number of studies, or what there is in its place."""
    if value is None and k is None:
        return "not in the review"
    if value is None or not known(value.estimate):
        return "no eligible result" if k == 0 else "no number"
    many = f", {counted(k, 'study', 'studies')}" if k is not None else ""
    return interval(value, display) + many
