"""The registry's XML of before 2024 (``<clinical_study>``) as a Trial.

Group ids are P1, B1, O1, E1; the totals of adverse events are a category called ``Total``; dates are in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

from livereview import plain_text
from livereview_registries.figures import people
from livereview_registries.nodes import Oddity
from livereview_registries.trial import (
    AdverseEvents,
    Affected,
    Category,
    Comparison,
    Group,
    Measurement,
    Outcome,
    Term,
    Trial,
    without_total,
)


@dataclass(frozen=True)
class _Place:
    """An element, or none, with the path to it."""

    element: Element | None
    path: str
    odd: list[Oddity]

    def at(self, *tags: str) -> _Place:
        place = self
        for tag in tags:
            found = None if place.element is None else place.element.find(tag)
            place = _Place(found, f"{place.path}/{tag}", self.odd)
        return place

    def items(self, *tags: str) -> Iterator[_Place]:
        *above, tag = tags
        parent = self.at(*above)
        for number, found in enumerate(() if parent.element is None else parent.element.findall(tag), start=1):
            yield _Place(found, f"{parent.path}/{tag}[{number}]", self.odd)

    def text(self, tag: str, *, prose: bool = False) -> str:
        found = self.at(tag).element
        return "" if found is None else plain_text("".join(found.itertext()), prose=prose)

    def attribute(self, name: str) -> str:
        return "" if self.element is None else plain_text(self.element.get(name, ""))

    def whole(self, name: str) -> int | None:
        text = self.attribute(name)
        found = people(text)
        if text and found is None:
            message = "is no whole number of people"
            self.odd.append(Oddity(path=f"{self.path}/@{name}", found=text[:60], message=message))
        return found


def trial(root: Element, odd: list[Oddity]) -> Trial:
    """The trial of a whole document. What is odd in it is added to ``odd``."""
    study = _Place(root, f"/{root.tag}", odd)
    results = study.at("clinical_results")
    identity = study.at("id_info")
    enrollment = study.at("enrollment")
    return Trial(
        nct=identity.text("nct_id").upper(),
        aliases=tuple(_own(each).upper() for each in identity.items("nct_alias")),
        other_ids=tuple(filter(None, (identity.text("org_study_id"), *map(_own, identity.items("secondary_id"))))),
        title=study.text("official_title") or study.text("brief_title"),
        brief_title=study.text("brief_title"),
        acronym=study.text("acronym"),
        summary=study.at("brief_summary").text("textblock"),
        state=_code(study.text("overall_status")),
        first_posted=_date(study.text("study_first_posted")),
        results_posted=_date(study.text("results_first_posted")),
        updated=_date(study.text("last_update_posted")),
        primary_completion=_date(study.text("primary_completion_date")),
        study_type=_code(study.text("study_type")),
        phases=tuple(re.findall(r"PHASE\d", study.text("phase").upper().replace(" ", ""))),
        allocation=_code(study.at("study_design_info").text("allocation")),
        model=_code(study.at("study_design_info").text("intervention_model")).removesuffix("_ASSIGNMENT"),
        enrollment=people(study.text("enrollment")),
        enrolled=enrollment.attribute("type") == "Actual",
        baseline=_baseline(results.at("baseline")),
        outcomes=tuple(_outcome(i, each) for i, each in enumerate(results.items("outcome_list", "outcome"))),
        events=_events(results.at("reported_events")),
    )


def _own(place: _Place) -> str:
    return "" if place.element is None else plain_text(place.element.text or "")


def _code(text: str) -> str:
    """``Active, not recruiting`` as the current format writes it: ``ACTIVE_NOT_RECRUITING``."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def _date(text: str) -> str:
    """``January 8, 2019`` as ``2019-01-08``, ``November 2010`` as ``2010-11``; "" for anything else."""
    for form, written in (("%B %d, %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m")):
        try:
            return datetime.strptime(text, form).strftime(written)
        except ValueError:
            continue
    return ""


def _groups(place: _Place) -> tuple[Group, ...]:
    return tuple(
        Group(id=each.attribute("group_id"), title=each.text("title"), path=each.path)
        for each in place.items("group_list", "group")
    )


def _denominators(place: _Place) -> Mapping[str, str]:
    for units in place.items("analyzed_list", "analyzed"):
        if units.text("units").lower() == "participants":
            counts = units.items("count_list", "count")
            return {count.attribute("group_id"): count.attribute("value") for count in counts}
    return {}


def _baseline(place: _Place) -> tuple[tuple[str, str], ...]:
    counts = _denominators(place)
    return without_total([(group.title, counts.get(group.id, "")) for group in _groups(place)])


def _outcome(index: int, place: _Place) -> Outcome:
    measure = place.at("measure")
    units = measure.text("units_analyzed")
    return Outcome(
        index=index,
        title=place.text("title"),
        description=place.text("description"),
        population=place.text("population"),
        posted=measure.element is not None,
        parameter=_code(measure.text("param")),
        dispersion=measure.text("dispersion"),
        unit=measure.text("units"),
        time_frame=place.text("time_frame"),
        units_analysed="" if units.lower() == "participants" else units,
        groups=_groups(place),
        denominators=_denominators(measure),
        categories=tuple(
            _category(each, row)
            for row in measure.items("class_list", "class")
            for each in row.items("category_list", "category")
        ),
        comparisons=tuple(_comparison(each) for each in place.items("analysis_list", "analysis")),
        path=place.path,
    )


def _category(place: _Place, row: _Place) -> Category:
    return Category(
        class_title=row.text("title"),
        title=place.text("title"),
        denominators=_denominators(row),
        measurements=tuple(
            Measurement(
                group=each.attribute("group_id"),
                value=each.attribute("value"),
                spread=each.attribute("spread"),
                low=each.attribute("lower_limit"),
                high=each.attribute("upper_limit"),
                comment=_own(each),
                path=each.path,
            )
            for each in place.items("measurement_list", "measurement")
        ),
        path=place.path,
    )


def _comparison(place: _Place) -> Comparison:
    return Comparison(
        groups=tuple(_own(each) for each in place.items("group_id_list", "group_id")),
        description=place.text("groups_desc"),
        method=place.text("method"),
        p_value=place.text("p_value"),
        parameter=place.text("param_type"),
        value=place.text("param_value"),
        dispersion=_code(place.text("dispersion_type")),
        spread=place.text("dispersion_value"),
        ci_percent=place.text("ci_percent"),
        sides=_SIDES.get(place.text("ci_n_sides"), place.text("ci_n_sides")),
        low=place.text("ci_lower_limit"),
        high=place.text("ci_upper_limit"),
        comment=place.text("estimate_desc"),
        path=place.path,
    )


_SIDES = {"2-Sided": "TWO_SIDED", "1-Sided": "ONE_SIDED"}


def _events(place: _Place) -> AdverseEvents | None:
    if place.element is None:
        return None
    any_serious, serious = _terms(place.at("serious_events"))
    any_other, other = _terms(place.at("other_events"))
    return AdverseEvents(
        threshold=place.at("other_events").text("frequency_threshold"),
        time_frame=place.text("time_frame"),
        groups=_groups(place),
        any_serious=any_serious,
        any_other=any_other,
        serious=serious,
        other=other,
    )


def _terms(place: _Place) -> tuple[tuple[Affected, ...], tuple[Term, ...]]:
    """The totals, and the terms without them."""
    totals: tuple[Affected, ...] = ()
    terms: list[Term] = []
    for category in place.items("category_list", "category"):
        organ = category.text("title")
        for event in category.items("event_list", "event"):
            counts = tuple(_affected(each) for each in event.items("counts"))
            if organ == "Total":
                totals += counts
            else:
                terms.append(Term(term=event.text("sub_title"), organ=organ, counts=counts, path=event.path))
    return totals, tuple(terms)


def _affected(place: _Place) -> Affected:
    return Affected(
        group=place.attribute("group_id"),
        affected=place.whole("subjects_affected"),
        at_risk=place.whole("subjects_at_risk"),
        occurrences=place.whole("events"),
        path=place.path,
    )
