"""What an outcome may say: its choices, its analyses, the defaults they fall back on.

A key that an outcome does not give is taken from [defaults], then from what is built in; ``resolved`` does that.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from livereview.evidence.schema import POOLED_BY_DEFAULT, STATUSES
from livereview.manifest.forest import Forest
from livereview.manifest.judgements import TRIGGERS, Certainty
from livereview.manifest.values import (
    AnalysisChoice,
    Array,
    BiasTestChoice,
    Distinct,
    Identifier,
    MeasureChoice,
    ModelChoice,
    Names,
    Part,
    PresetChoice,
    Texts,
    Timepoint,
    TriggerChoice,
    Words,
)

Status = Literal["verified", "derived", "from-review", "reconstructed", "unverified"]
Criterion = Literal["population", "timepoint", "status", "latest", "report"]

#: Analyses of the core's own, named beside those of plugins.
SERIES = ("leave-one-out", "cumulative")
PREFER: tuple[Criterion, ...] = ("population", "timepoint", "status", "latest", "report")
assert set(Status.__args__) == set(STATUSES)  # type: ignore[attr-defined]

_TESTS = ("in", "not_in", "min", "max")


class Filter(Part):
    """Admits studies by one field; a study that fails it is excluded with the reason given."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [key]} for key in _TESTS]})

    field: Words = Field(
        description="column of the studies table, `characteristics.NAME`, or `appraisals.INSTRUMENT.ITEM`",
        examples=["setting"],
    )
    one_of: Annotated[Texts, Field(min_length=1)] | None = Field(
        None,
        alias="in",
        description="values that are admitted; of a field with several (separated by ;) one is enough",
        examples=[["relapsed-refractory", "first-relapse"]],
    )
    not_in: Texts | None = Field(None, description="values that are not admitted", examples=[["retrospective-cohort"]])
    min: float | None = Field(None, description="smallest number admitted", examples=[18])
    max: float | None = Field(None, description="largest number admitted", examples=[65.5])
    missing: Literal["exclude", "include"] = Field(
        "exclude",
        description="what happens to a study whose field is empty, or not a number where min or max is given",
        examples=["include"],
    )
    reason: Words = Field(
        description="why a study that fails is excluded, as the report prints it",
        examples=["not relapsed or refractory disease"],
    )

    @model_validator(mode="after")
    def _can_pass(self) -> Filter:
        if self.one_of is None and self.not_in is None and self.min is None and self.max is None:
            raise ValueError("the filter admits everything: give in, not_in, min or max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"no study can pass: min {self.min:g} is above max {self.max:g}")
        if self.one_of is not None and not set(self.one_of) - set(self.not_in or ()):
            raise ValueError("no study can pass: every value of in is in not_in")
        return self


class Subgroups(Part):
    """A division of the studies, each group pooled by the outcome's model, with the test between groups."""

    by: Words = Field(
        description="column of the studies table, `characteristics.NAME`, `appraisals.INSTRUMENT.ITEM`, or "
        "`result.population`",
        examples=["setting"],
    )
    title: str = Field("", description="heading of the table", examples=["Setting"])
    groups: dict[str, Annotated[Texts, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="name of the group = its values; empty = each value is a group",
        examples=[{"First relapse": "first-relapse", "Later": ["relapsed-refractory"]}],
    )

    @model_validator(mode="after")
    def _disjoint(self) -> Subgroups:
        values = [value for group in self.groups.values() for value in group]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise ValueError(f"in two groups, so that a study would be counted twice: {', '.join(twice)}")
        if self.by == "result.population" and not self.groups:
            raise ValueError("by result.population needs groups, each with its populations")
        return self


class BiasTests(Part):
    """Small-study-effect tests, refused below a number of studies."""

    tests: Annotated[tuple[BiasTestChoice, ...], *Distinct] = Field(
        (),
        description="bias tests; `measure` beside a test's name runs it on another measure than the outcome's",
        examples=[["egger", {"name": "begg", "measure": "PLN"}]],
    )
    minimum: int = Field(10, ge=3, description="fewest studies for which a test is run", examples=[10])
    below: Literal["refuse", "label"] = Field(
        "refuse",
        description="below the minimum: refuse the test, or run it and label it as unreliable",
        examples=["label"],
    )


class StudySet(Part):
    """A part of the studies, for a stability grid."""

    title: Words = Field(description="its name in the grid", examples=["Low risk of bias"])
    filters: Annotated[tuple[Filter, ...], Array, Field(min_length=1)] = Field(
        description="a study must pass every one",
        examples=[[{"field": "appraisals.RoB 2.overall", "in": ["low"], "reason": "risk of bias not low"}]],
    )


class Stability(Part):
    """The outcome under every combination of some choices: how many analyses agree, and which choice matters."""

    measures: Annotated[tuple[MeasureChoice, ...], *Distinct] = Field(
        (), description="effect measures; empty = the outcome's", examples=[["RR", "OR"]]
    )
    models: Annotated[tuple[ModelChoice, ...], *Distinct] = Field(
        (),
        description="effect models, among them those that adjust for small-study effects; empty = the outcome's",
        examples=[["random-effects", "common-effect"]],
    )
    options: dict[str, Annotated[tuple[bool | int | float | str, ...], Array, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="options of the models with the values to combine; a model without such an option is fitted once",
        examples=[{"tau2": ["DL", "REML"], "interval": ["wald", "hartung-knapp"]}],
    )
    studies: Annotated[tuple[StudySet, ...], Array] = Field(
        (),
        description="parts of the studies, beside all of them",
        examples=[[{"title": "Trials", "filters": [{"field": "design", "in": ["rct"], "reason": "not randomised"}]}]],
    )

    @model_validator(mode="after")
    def _varies(self) -> Stability:
        if not (len(self.measures) > 1 or len(self.models) > 1 or self.options or self.studies):
            raise ValueError("it varies nothing: give measures, models, options or studies")
        return self


class Choose(Part):
    """Which of several numbers of one study is used, with the reason."""

    study: Words = Field(description="`study_id`", examples=["brown-2021"])
    report: Words = Field(description="`report_id` of the number", examples=["pmid:33651090"])
    reason: Words = Field(description="why, as the report prints it", examples=["end of cycle 1, as in the protocol"])
    population: str | None = Field(
        None, description="population of the number, where the report has several", examples=["ITT"]
    )
    timepoint_months: float | None = Field(
        None, description="timepoint of the number, where the report has several", examples=[24]
    )


class Choices(Part):
    """The choices of an analysis. A key that is not given is taken from [defaults]."""

    measure: MeasureChoice | None = Field(None, description="effect measure, e.g. `RR`", examples=["RR"])
    model: ModelChoice | None = Field(
        None, description="effect model", examples=[{"name": "random-effects", "tau2": "REML"}]
    )
    preset: PresetChoice | None = Field(
        None,
        description="choices of a program or guideline: model, intervals, zero cells; keys given here win over it, and "
        "an outcome's preset wins over [defaults]",
        examples=["revman5"],
    )
    experimental: Texts | None = Field(
        None,
        description="arm names that count as experimental, preferred first; empty = any that `control` does not name; "
        "a comparison needs one of the two lists",
        examples=[["blinatumomab"]],
    )
    control: Texts | None = Field(
        None,
        description="arm names that count as control, preferred first; empty = any that `experimental` does not name",
        examples=[["chemotherapy", "control"]],
    )
    arms: Literal["choose", "combine"] | None = Field(
        None,
        description="where a study has several arms on one side: `choose` the first in the order of the names, or "
        "`combine` their patients into one group (counts, means); hazard ratios and other contrasts are chosen",
        examples=["combine"],
    )
    population: Texts | None = Field(
        None,
        description="populations that may be used, preferred first; empty = every one but those that begin with "
        "`subgroup:`",
        examples=[["ITT", "evaluable"]],
    )
    timepoint: Timepoint | None = Field(
        None,
        description='`"any"`, `"latest"`, `"earliest"`, `"unstated"` (numbers without a timepoint only), a number of '
        "months, or `{ at = 24, within = 6 }`: the nearest, no further away than that",
        examples=[{"at": 24, "within": 6}],
    )
    statuses: Annotated[tuple[Status, ...], *Distinct, Field(min_length=1)] | None = Field(
        None, description="how a number may have been obtained to be pooled", examples=[["verified", "derived"]]
    )
    prefer: Annotated[tuple[Criterion, ...], *Distinct] | None = Field(
        None,
        description="order of criteria by which one of several numbers of a study is chosen",
        examples=[["latest", "population"]],
    )
    level: float | None = Field(None, gt=0.5, lt=1, description="confidence level", examples=[0.95])
    prediction: Literal["k-1", "k-2", "normal", "model", "none"] | None = Field(
        None,
        description="degrees of freedom of the prediction interval; model = those of the model's own interval",
        examples=["k-2"],
    )
    i2: Literal["Q", "tau2"] | None = Field(None, description="I² from Q or from tau²", examples=["tau2"])
    filters: Annotated[tuple[Filter, ...], Array] | None = Field(
        None, description="further filters, for these numbers only"
    )
    favours: Annotated[Texts, Field(min_length=2, max_length=2)] | None = Field(
        None,
        description="words under the axis of the forest plot, left and right",
        examples=[["Favours blinatumomab", "Favours chemotherapy"]],
    )


class Sensitivity(Choices):
    """The outcome again with some choices changed."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2})

    title: Words = Field(description="heading, e.g. `Wald interval`", examples=["Wald interval"])
    result: Annotated[Names, Field(min_length=1)] | None = Field(
        None,
        description="other outcome codes of the results table, preferred first",
        examples=[["mrd-negative-cycle2", "mrd-negative"]],
    )
    exclude: Names = Field((), description="`study_id`s left out", examples=[["kantarjian-2017-tower"]])

    @model_validator(mode="after")
    def _changes_something(self) -> Sensitivity:
        if self.model_fields_set <= {"title"}:
            raise ValueError("it changes nothing: give a choice that differs, or studies to exclude")
        return self


class Analyses(Choices):
    """Choices that [defaults] and an outcome share."""

    analyses: Annotated[tuple[AnalysisChoice, ...], *Distinct] | None = Field(
        None,
        description="`leave-one-out`: each study left out in turn; `cumulative`: studies added one by one as they were "
        "published; and further analyses of plugins",
        examples=[["leave-one-out"]],
    )
    subgroups: Annotated[tuple[Subgroups, ...], Array] | None = Field(None, description="divisions into subgroups")
    sensitivity: Annotated[tuple[Sensitivity, ...], Array] | None = Field(
        None, description="the outcome again with some choices changed"
    )
    bias: BiasTests | None = Field(None, description="small-study-effect tests")
    stability: Stability | None = Field(
        None, description="the outcome under every combination of some choices, as one batch"
    )
    triggers: Annotated[tuple[TriggerChoice, ...], *Distinct] | None = Field(
        None,
        description="rules that say when an update is consequential; empty = none is",
        examples=[["crosses-null", {"name": "crosses-important-difference", "thresholds": [0.8, 1.25]}]],
    )
    forest: Forest | None = Field(None, description="how the forest plot looks")


class Defaults(Analyses):
    """What holds for every outcome that does not say otherwise."""


class Outcome(Analyses):
    """One pooled question."""

    id: Identifier = Field(
        description="names the outcome in history and file names; lower-case, digits, `-` and `_`", examples=["os-hr"]
    )
    title: Words = Field(description="heading, e.g. `Overall survival`", examples=["Overall survival"])
    group: str = Field("", description="heading under which the report puts it", examples=["Time to event"])
    result: Annotated[Names, Field(min_length=1)] = Field(
        description="outcome codes of the results table; where a study has several, the first listed is used",
        examples=[["dfs", "efs"]],
    )
    note: str = Field(
        "", description="caution printed with the number", examples=["Read the subgroups before the total."]
    )
    unit: str = Field("", description="unit of a difference or a mean, e.g. `days`", examples=["days"])
    choose: Annotated[tuple[Choose, ...], Array] = Field((), description="numbers chosen by name")
    certainty: Certainty | None = Field(None, description="certainty of the evidence, as people judged it")


#: What holds where neither the outcome nor [defaults] says anything.
BUILT_IN = Defaults(
    model=ModelChoice.model_validate("random-effects"),
    arms="choose",
    population=(),
    timepoint="any",
    statuses=POOLED_BY_DEFAULT,  # type: ignore[arg-type]
    prefer=PREFER,
    level=0.95,
    prediction="k-1",
    i2="Q",
    filters=(),
    analyses=tuple(AnalysisChoice.model_validate(name) for name in SERIES),
    subgroups=(),
    sensitivity=(),
    bias=BiasTests(),
    triggers=TRIGGERS,
    experimental=(),
    control=(),
    forest=Forest(),
)


def resolved(outcome: Outcome, defaults: Defaults) -> Outcome:
    """The outcome with every key filled: its own, else from [defaults], else built in."""
    update = {}
    for key in Analyses.model_fields:
        if getattr(outcome, key) is None:
            default = getattr(defaults, key)
            update[key] = getattr(BUILT_IN, key) if default is None else default
    forest = outcome.forest.over(defaults.forest) if outcome.forest else defaults.forest or BUILT_IN.forest
    return outcome.model_copy(update=update | {"forest": forest})


def varied(outcome: Outcome, sensitivity: Sensitivity) -> Outcome:
    """A resolved outcome with the choices of one sensitivity analysis in place of its own."""
    given = {key: getattr(sensitivity, key) for key in (*Choices.model_fields, "result")}
    return outcome.model_copy(update={key: value for key, value in given.items() if value is not None})
