"""Results from the module of adverse events: participants affected of those at risk.

Seriousness is no grade, a term that is not listed is no zero, and the number of occurrences is no number of people.
"""

from __future__ import annotations

from collections.abc import Callable

from livereview_registries.drafts import Draft, Drafting, noted
from livereview_registries.trial import AdverseEvents, Affected, Term

SERIOUS, OTHER, DEATHS = "serious adverse event", "adverse event", "deaths"
_TOTAL = "total"


def draft_adverse_events(into: Drafting, wanted: Callable[[str], bool]) -> None:
    """Draft totals, deaths, and the terms whose full title (``serious adverse event: Tremor``) is wanted."""
    events = into.trial.events
    if events is None:
        return
    threshold = (
        f"other events above {events.threshold} % of participants" if events.threshold else "threshold not stated"
    )
    for section, totals, about in (
        (DEATHS, events.deaths, "deaths from any cause"),
        (SERIOUS, events.any_serious, "participants with any serious adverse event"),
        (OTHER, events.any_other, f"participants with any other (not serious) adverse event; {threshold}"),
    ):
        for count in totals:
            _draft(into, events, section, (_TOTAL,), count, about, None)
    at_risk = {
        SERIOUS: {each.group: each.at_risk for each in events.any_serious},
        OTHER: {each.group: each.at_risk for each in events.any_other},
    }
    for section, terms in ((SERIOUS, events.serious), (OTHER, events.other)):
        unwanted = [term for term in terms if not wanted(f"{section}: {term.term}")]
        if unwanted:
            reason = f"counts of single {section}s that no pattern of outcomes names"
            into.set_aside(reason, unwanted[0].path.rpartition("/")[0], sum(len(term.counts) for term in unwanted))
        for term in terms:
            if term not in unwanted:
                _draft_term(into, events, section, term, at_risk[section], threshold)


def _draft_term(
    into: Drafting, events: AdverseEvents, section: str, term: Term, at_risk: dict[str, int | None], threshold: str
) -> None:
    about = f"{term.organ}; {'serious' if section == SERIOUS else f'not serious; {threshold}'}"
    counted = {count.group for count in term.counts}
    for group in events.groups:
        if group.id not in counted:
            into.leave_out(term.path, group.title, f"{term.term}: nothing is posted for this group, which is no zero")
    for count in term.counts:
        _draft(into, events, section, (term.term,), count, about, at_risk.get(count.group))


def _draft(
    into: Drafting,
    events: AdverseEvents,
    section: str,
    title: tuple[str, ...],
    count: Affected,
    about: str,
    fallback: int | None,
) -> None:
    group = next((each for each in events.groups if each.id == count.group), None)
    name = f"{section}, {title[0]}"
    n = count.at_risk if count.at_risk is not None else fallback
    if group is None:
        into.leave_out(count.path, count.group, f"{name}: there is no group of this id")
    elif n == 0:
        message = f"{name}: nobody was at risk, so that this was not assessed in {group.title}; it is no 0 of 0"
        into.leave_out(count.path, f"{count.affected} of 0", message)
    elif count.affected is None:
        found = "nothing" if count.occurrences is None else f"{count.occurrences} occurrences"
        into.leave_out(count.path, found, f"{name}: the number of participants of {group.title} is not posted")
    elif n is not None and count.affected > n:
        into.leave_out(count.path, f"{count.affected} of {n}", f"{name}: more participants affected than at risk")
    else:
        values: dict[str, str | int] = {"events": count.affected}
        if n is not None:
            values["n"] = n
        into.drafts.append(
            Draft(
                section=section,
                title=title,
                groups=(group.title,),
                measure="count",
                values=values,
                path=count.path,
                where=f'adverse events, "{name}"',
                note=noted(
                    group=group.title,
                    about=about,
                    occurrences="" if count.occurrences is None else str(count.occurrences),
                    time_frame=events.time_frame,
                ),
                tells_apart=(about.partition(";")[0], group.id),
            )
        )
