"""Results from outcome measures: counts, shares, means and medians of one group each.

A percentage stays a proportion as posted. It becomes a count as well only where exactly one whole number of people
rounds to it, and never where anything says that it may be an estimate over time (Kaplan-Meier).
"""

from __future__ import annotations

import re

from livereview_registries import figures
from livereview_registries.drafts import Draft, Drafting, noted, quoted
from livereview_registries.trial import Category, Group, Measurement, Outcome

OUTCOME = "outcome"
_OVER_TIME = re.compile(
    r"kaplan|actuarial|life[- ]table|surviv|[- ]free\b|cumulative|probabilit|time[- ]to|censor|mortality|competing|"
    r"product[- ]limit|hazard|\bKM\b",
    re.IGNORECASE,
)
_SURVIVAL = re.compile(r"surviv|[- ]free\b", re.IGNORECASE)
_INCIDENCE = re.compile(r"incidence|mortality|death|relapse|recurrence|progression|failure", re.IGNORECASE)
_COMPARED_OVER_TIME = re.compile(r"log[- ]?rank|cox|hazard|gray", re.IGNORECASE)
_NOT_A_NUMBER = ("na", "n/a", "not available", "ne", "nr")
_LACKING = {
    "GEOMETRIC_MEAN": "geometric means",
    "GEOMETRIC_LEAST_SQUARES_MEAN": "geometric least-squares means",
    "LOG_MEAN": "means of logarithms",
    "COUNT_OF_UNITS": "counts of units that are no people",
    "MEDIAN": "medians that are not in months",
    "NUMBER": "numbers whose unit counts no people",
}


def draft_outcome_measures(into: Drafting) -> None:
    """Draft every posted value of every outcome measure, or say why not."""
    for outcome in into.trial.outcomes:
        if not outcome.categories:
            if outcome.posted:
                message = "the outcome is marked as posted and holds no values"
                into.leave_out(outcome.path, outcome.title, message, "Look at the registry whether it has come.")
            else:
                into.set_aside("outcome measures whose results are not posted yet", outcome.path)
        for category in outcome.categories:
            _draft_category(into, outcome, category)


def _draft_category(into: Drafting, outcome: Outcome, category: Category) -> None:
    groups = {group.id: group for group in outcome.groups}
    posted = {each.group for each in category.measurements}
    for group in outcome.groups:
        if group.id not in posted:
            into.leave_out(category.path, group.title, f"{_where(outcome, category)}: no value of this group is posted")
    for each in category.measurements:
        if each.group in groups:
            _Reading(into, outcome, category, groups[each.group], each).draft()
        else:
            into.leave_out(each.path, each.group, f"{_where(outcome, category)}: there is no group of this id")


def _where(outcome: Outcome, category: Category) -> str:
    parts = " / ".join(part for part in (category.class_title, category.title) if part)
    return f'outcome {outcome.index + 1}, "{quoted(outcome.title, 80)}"' + (f" ({quoted(parts, 60)})" if parts else "")


class _Reading:
    """One posted value and all that stands around it."""

    def __init__(
        self, into: Drafting, outcome: Outcome, category: Category, group: Group, measurement: Measurement
    ) -> None:
        self.into, self.outcome, self.category, self.group, self.posted = into, outcome, category, group, measurement
        self.value = figures.number(measurement.value)
        denominators = category.denominators or outcome.denominators
        self.denominator = denominators.get(group.id, "")
        self.n = figures.whole(self.denominator)

    def draft(self) -> None:
        """Draft the value as the measure that it is, or say why not."""
        parameter = self.outcome.parameter
        if self.n == 0:
            self._leave_out("nobody of the group was analysed, so that this is no number")
        elif self.value is None and parameter != "MEDIAN":
            self._not_a_number()
        elif self.outcome.units_analysed and parameter in ("NUMBER", "COUNT_OF_PARTICIPANTS"):
            self._set_aside(f"numbers of {quoted(self.outcome.units_analysed, 40)}, which are no people")
        elif parameter == "COUNT_OF_PARTICIPANTS":
            self._count()
        elif parameter == "NUMBER" and (counted := figures.counting(self.outcome.unit)):
            self._count() if counted == "count" else self._share(counted)
        elif parameter in ("MEAN", "LEAST_SQUARES_MEAN"):
            self._mean()
        elif parameter == "MEDIAN" and re.fullmatch("months?", self.outcome.unit, re.IGNORECASE):
            self._median()
        else:
            self._set_aside(_LACKING.get(parameter, "values whose kind is not stated"))

    def _not_a_number(self) -> None:
        if self.posted.value.lower() in _NOT_A_NUMBER:
            self._set_aside("values posted as not available (NA)")
        else:
            self._leave_out("is no number")

    def _count(self) -> None:
        events = figures.whole(self.posted.value)
        if events is None:
            self._leave_out("is no whole number of participants")
        elif self.n is not None and events > self.n:
            self._leave_out(f"more participants than the {self.n} analysed")
        else:
            self._add("count", {"events": events, **self._people()})

    def _share(self, counted: figures.Counting) -> None:
        assert self.value is not None
        share = figures.share(self.value, counted)
        if not 0 <= share <= 1:
            self._leave_out(f"is no {'percentage' if counted == 'per-cent' else 'proportion'} of participants")
            return
        values = {"estimate": figures.plain(share), **self._people(), **self._limits(counted)}
        measure = self._over_time()
        if measure is not None:
            self._add(measure, values, unsettled=frozenset({"measure"}), remark="may be an estimate over time")
            return
        self._add("proportion", values)
        count = None if self.n is None else figures.only_count(self.value, self.n, counted)
        if count is not None:
            remark = f"the only whole number of {self.n} that rounds to {self.posted.value}"
            self._add("count", {"events": count, **self._people()}, status="derived", remark=remark)

    def _over_time(self) -> str | None:
        """The measure that a share over time is, as far as its words tell; None where nothing says that it is one."""
        outcome = self.outcome
        title = f"{outcome.title} {self.category.class_title} {self.category.title} {outcome.unit}"
        told = _OVER_TIME.search(f"{title} {outcome.description} {outcome.population}")
        compared = any(_COMPARED_OVER_TIME.search(f"{c.method} {c.parameter}") for c in outcome.comparisons)
        if not told and not compared:
            return None
        if _SURVIVAL.search(title):
            return "survival"
        return "cumulative-incidence" if _INCIDENCE.search(title) else "proportion"

    def _mean(self) -> None:
        assert self.value is not None
        values = {"estimate": figures.plain(self.value), **self._people(), **self._limits(None)}
        dispersion = self.outcome.dispersion.lower()
        column = {"standard deviation": "sd", "standard error": "se"}.get(dispersion)
        if column is not None:
            spread = figures.number(self.posted.spread)
            if spread is None or spread < 0:
                self.into.leave_out(
                    self.posted.path, self.posted.spread, f"{self._name}: the {dispersion} is no number"
                )
                return
            values[column] = figures.plain(spread)
        adjusted = self.outcome.parameter == "LEAST_SQUARES_MEAN"
        self._add(
            "mean",
            values,
            unsettled=frozenset({"measure"}) if adjusted else frozenset(),
            remark="a least-squares mean, adjusted by a model" if adjusted else "",
        )

    def _median(self) -> None:
        values: dict[str, str | int] = {**self._people(), **self._limits(None)}
        if self.value is not None:
            values["estimate"] = figures.plain(self.value)
        if "estimate" in values or "ci_low" in values or "ci_high" in values:
            self._add("median-months", values, remark="" if self.value is not None else "the median was not reached")
        else:
            self._not_a_number()

    def _people(self) -> dict[str, str | int]:
        return {} if self.n is None else {"n": self.n}

    def _limits(self, counted: figures.Counting | None) -> dict[str, str | int]:
        """Confidence limits with their level; ranges and quartiles are none. One side may be missing, or NA."""
        level = figures.level_of(self.outcome.dispersion)
        found: dict[str, str | int] = {}
        for column, text in (("ci_low", self.posted.low), ("ci_high", self.posted.high)):
            limit = figures.number(text)
            if not level or not text or text.lower() in _NOT_A_NUMBER:
                continue
            if limit is None:
                self.into.leave_out(self.posted.path, text, f"{self._name}: the {column} is no number")
            else:
                found[column] = figures.plain(figures.share(limit, counted) if counted else limit)
        return {**found, "ci_level": level} if found else {}

    @property
    def _name(self) -> str:
        return f"{_where(self.outcome, self.category)}, {quoted(self.group.title, 60)}"

    def _leave_out(self, message: str) -> None:
        comment = f" ({quoted(self.posted.comment, 80)})" if self.posted.comment else ""
        self.into.leave_out(self.posted.path, self.posted.value, f"{self._name}: {message}{comment}")

    def _set_aside(self, reason: str) -> None:
        self.into.set_aside(reason, self.posted.path)

    def _add(
        self,
        measure: str,
        values: dict[str, str | int],
        *,
        status: str = "verified",
        unsettled: frozenset[str] = frozenset(),
        remark: str = "",
    ) -> None:
        outcome, category = self.outcome, self.category
        titles = (outcome.title, category.class_title, category.title)
        self.into.drafts.append(
            Draft(
                section=OUTCOME,
                title=tuple(title for title in titles if title),
                groups=(self.group.title,),
                measure=measure,
                values={"timepoint_months": figures.months(outcome.time_frame), **values},
                status=status,
                unsettled=unsettled,
                path=self.posted.path,
                where=_where(outcome, category),
                note=noted(
                    posted=self._as_posted(),
                    remark=remark,
                    outcome=": ".join(title for title in titles if title),
                    group=self.group.title,
                    time_frame=outcome.time_frame,
                    population=outcome.population,
                    comment=self.posted.comment,
                ),
                tells_apart=(
                    " ".join(titles[1:]),
                    f"{outcome.title} {' '.join(titles[1:])}",
                    outcome.time_frame,
                    f"outcome-{outcome.index + 1} {' '.join(titles[1:])}",
                    f"outcome-{outcome.index + 1} {self.group.id} {' '.join(titles[1:])}",
                ),
            )
        )

    def _as_posted(self) -> str:
        posted, outcome = self.posted, self.outcome
        kind = outcome.parameter.lower().replace("_", " ")
        around = posted.spread or " to ".join(filter(None, (posted.low or "?", posted.high or "?")))
        shown = f" ({around}, {outcome.dispersion})" if posted.spread or posted.low or posted.high else ""
        people = f" of {self.denominator}" if self.denominator else ""
        return f"{posted.value} {outcome.unit}{people}, {kind}{shown}"
