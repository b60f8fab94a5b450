"""What a manifest may say: one review as TOML. Keys here are the keys of the file; descriptions go to its JSON Schema.

Manifests are archives: a key never changes its meaning. There is no expression language; filters are structured, so
that reading a manifest can never run code.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from livereview.evidence.schema import POOLED_BY_DEFAULT, STATUSES

Status = Literal["verified", "derived", "from-review", "reconstructed", "unverified"]
Criterion = Literal["population", "timepoint", "status", "latest", "report"]
PREFER: tuple[Criterion, ...] = ("population", "timepoint", "status", "latest", "report")
assert set(Status.__args__) == set(STATUSES)  # type: ignore[attr-defined]


class Part(BaseModel):
    """A part of a manifest: unknown keys are mistakes, types are not bent, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    """A single text stands for a list of one; TOML arrays become tuples."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _distinct(value: tuple[str, ...]) -> tuple[str, ...]:
    repeated = sorted({item for item in value if value.count(item) > 1})
    if repeated:
        raise ValueError(f"named twice: {', '.join(repeated)}")
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_distinct)]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(_listed), AfterValidator(_distinct), Field(min_length=1)]
IDENTIFIER = r"^[a-z0-9]+([_-][a-z0-9]+)*$"
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]
Words = Annotated[str, Field(min_length=1)]


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Choice(Part):
    """A plugin by name, with its options beside the name; a text alone is the name."""

    KEY: ClassVar[str] = "name"
    name: Words
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if isinstance(value, dict):
            own = {key for key in cls.model_fields if key not in ("name", "options")}
            options = {key: item for key, item in value.items() if key != cls.KEY and key not in own}
            kept = {key: item for key, item in value.items() if key in own}
            name = {"name": value[cls.KEY]} if cls.KEY in value else {}
            return {**kept, **name, "options": options}
        return value


class MeasureChoice(Choice):
    """An effect measure and its options."""


class ModelChoice(Choice):
    """An effect model and its options."""


class BiasTestChoice(Choice):
    """A bias test, its options, and the measure it is run on where that differs from the outcome's."""

    measure: MeasureChoice | None = None


class SourceChoice(Choice):
    """A data source and its options."""

    KEY: ClassVar[str] = "plugin"


class RendererChoice(Choice):
    """A renderer and its options."""

    KEY: ClassVar[str] = "plugin"


class Filter(Part):
    """Admits studies by one field; a study that fails it is excluded with the reason given."""

    field: Words = Field(description="column of the studies table, or characteristics.NAME")
    one_of: Texts | None = Field(None, alias="in", description="values that are admitted")
    not_in: Texts | None = Field(None, description="values that are not admitted")
    min: float | None = Field(None, description="smallest value admitted")
    max: float | None = Field(None, description="largest value admitted")
    missing: Literal["exclude", "include"] = Field("exclude", description="what happens where the field is empty")
    reason: Words = Field(description="why a study that fails is excluded, as the report prints it")

    @model_validator(mode="after")
    def _says_something(self) -> Filter:
        if self.one_of is None and self.not_in is None and self.min is None and self.max is None:
            raise ValueError("the filter admits everything: give in, not_in, min or max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"no study can pass: min {self.min:g} is above max {self.max:g}")
        if self.one_of is not None and not set(self.one_of) - set(self.not_in or ()):
            raise ValueError("no study can pass: every value of in is in not_in, or in is empty")
        return self


class Exclusion(Part):
    """One study left out by name, with the reason."""

    study: Words = Field(description="study_id")
    reason: Words
    outcomes: Texts = Field((), description="ids of the outcomes it is left out of; empty = the whole review")


class Overlap(Part):
    """Studies that share patients: where several have a number, only the first listed is pooled."""

    studies: Annotated[Texts, Field(min_length=2)] = Field(description="study_ids, the preferred one first")
    reason: Words


class Eligibility(Part):
    """Which studies the review admits."""

    criteria: Texts = Field((), description="the criteria in words, as the protocol has them")
    filters: Annotated[tuple[Filter, ...], BeforeValidator(_tuple)] = ()
    exclude: Annotated[tuple[Exclusion, ...], BeforeValidator(_tuple)] = ()
    overlaps: Annotated[tuple[Overlap, ...], BeforeValidator(_tuple)] = ()


class NearTimepoint(Part):
    """The stated timepoint nearest to ``at`` months, no further than ``within`` months away."""

    at: float = Field(ge=0)
    within: float = Field(0.0, ge=0)


def _timepoint(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return NearTimepoint(at=float(value), within=0.0)
    if isinstance(value, dict):
        return NearTimepoint.model_validate(value)
    if value in ("any", "latest", "earliest", "unstated") or value is None:
        return value
    raise ValueError('write "any", "latest", "earliest", "unstated", a number of months, or {at = 24, within = 6}')


Timepoint = Annotated[
    Literal["any", "latest", "earliest", "unstated"] | NearTimepoint,
    BeforeValidator(_timepoint),
]


class Subgroups(Part):
    """A division of the studies, each group pooled by the outcome's model, with the test between groups."""

    by: Words = Field(description="column of the studies table, characteristics.NAME, or result.population")
    title: str = ""
    groups: dict[str, Texts] = Field(
        default_factory=dict, description="name of the group = its values; empty = each value is a group"
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

    tests: Annotated[tuple[BiasTestChoice, ...], BeforeValidator(_tuple)] = ()
    minimum: int = Field(10, ge=3, description="fewest studies for which a test is run")
    below: Literal["refuse", "label"] = Field(
        "refuse", description="below the minimum: refuse the test, or run it and label it as unreliable"
    )


class Choose(Part):
    """Which of several numbers of one study is used, with the reason."""

    study: Words
    report: Words
    reason: Words
    population: str | None = None
    timepoint_months: float | None = None


class Choices(Part):
    """The choices of an analysis. A key that is not given is taken from [defaults]."""

    measure: MeasureChoice | None = None
    model: ModelChoice | None = None
    experimental: Texts | None = Field(None, description="arm names that count as experimental, preferred first")
    control: Texts | None = Field(None, description="arm names that count as control, preferred first")
    population: Texts | None = Field(
        None, description="populations that may be used, preferred first; empty = every one that is not a subgroup"
    )
    timepoint: Timepoint | None = None
    statuses: Statuses | None = Field(None, description="how a number may have been obtained to be pooled")
    prefer: Annotated[tuple[Criterion, ...], BeforeValidator(_listed)] | None = Field(
        None, description="order of criteria by which one of several numbers of a study is chosen"
    )
    level: float | None = Field(None, gt=0.5, lt=1, description="confidence level")
    prediction: Literal["k-1", "k-2", "normal", "model", "none"] | None = Field(
        None, description="degrees of freedom of the prediction interval"
    )
    i2: Literal["Q", "tau2"] | None = Field(None, description="I² from Q or from tau²")
    filters: Annotated[tuple[Filter, ...], BeforeValidator(_tuple)] | None = None
    favours: Annotated[Texts, Field(min_length=2, max_length=2)] | None = Field(
        None, description="words under the axis, left and right"
    )


class Sensitivity(Choices):
    """The outcome again with some choices changed."""

    title: Words
    result: Annotated[Texts, Field(min_length=1)] | None = Field(
        None, description="other outcome codes of the results table, preferred first"
    )
    exclude: Texts = Field((), description="study_ids left out")


class Analyses(Choices):
    """Choices that [defaults] and an outcome share."""

    analyses: Annotated[tuple[Literal["leave-one-out", "cumulative"], ...], BeforeValidator(_listed)] | None = None
    subgroups: Annotated[tuple[Subgroups, ...], BeforeValidator(_tuple)] | None = None
    sensitivity: Annotated[tuple[Sensitivity, ...], BeforeValidator(_tuple)] | None = None
    bias: BiasTests | None = None


class Defaults(Analyses):
    """What holds for every outcome that does not say otherwise."""


class Outcome(Analyses):
    """One pooled question."""

    id: Identifier
    title: Words
    group: str = Field("", description="heading in the report")
    result: Annotated[Texts, Field(min_length=1)] = Field(
        description="outcome codes of the results table; where a study has several, the first listed is used"
    )
    note: str = Field("", description="caution printed with the number")
    unit: str = Field("", description="unit of a difference or a mean")
    choose: Annotated[tuple[Choose, ...], BeforeValidator(_tuple)] = ()


class Question(Part):
    """The review question."""

    population: Words
    intervention: Words
    comparator: str = ""
    outcomes: str = ""
    designs: str = ""


class Review(Part):
    """What the review is."""

    id: Identifier
    title: Words
    registration: str = Field("not registered", description="register and number")
    notes: Texts = ()
    ongoing: bool = Field(False, description="list the registered trials without results")
    question: Question


class Person(Part):
    """Who answers for the review."""

    name: Words
    role: Words


class EvidencePlace(Part):
    """Where the store is."""

    store: Words = Field("evidence", description="folder of the evidence store, relative to the manifest")


class PluginSettings(Part):
    """Which plugins may load."""

    disable: Texts = Field((), description="entry points that are not loaded")


class Manifest(Part):
    """One review."""

    review: Review
    people: Annotated[tuple[Person, ...], BeforeValidator(_tuple)] = ()
    evidence: EvidencePlace = EvidencePlace()
    plugins: PluginSettings = PluginSettings()
    sources: Annotated[tuple[SourceChoice, ...], BeforeValidator(_tuple)] = ()
    eligibility: Eligibility = Eligibility()
    defaults: Defaults = Defaults()
    outcomes: Annotated[tuple[Outcome, ...], BeforeValidator(_tuple), Field(min_length=1)]
    renderers: Annotated[tuple[RendererChoice, ...], BeforeValidator(_tuple)] = (
        RendererChoice.model_validate("png"),
        RendererChoice.model_validate("markdown"),
    )

    def outcome(self, outcome_id: str) -> Outcome:
        """The outcome of that id with every default filled in; KeyError if there is none."""
        for outcome in self.outcomes:
            if outcome.id == outcome_id:
                return resolved(outcome, self.defaults)
        raise KeyError(outcome_id)


#: What holds where neither the outcome nor [defaults] says anything.
BUILT_IN = Defaults(
    model=ModelChoice.model_validate("random-effects"),
    population=(),
    timepoint="any",
    statuses=POOLED_BY_DEFAULT,  # type: ignore[arg-type]
    prefer=PREFER,
    level=0.95,
    prediction="k-1",
    i2="Q",
    filters=(),
    analyses=("leave-one-out", "cumulative"),
    subgroups=(),
    sensitivity=(),
    bias=BiasTests(),
    experimental=(),
    control=(),
)


def resolved(outcome: Outcome, defaults: Defaults) -> Outcome:
    """The outcome with every key filled: its own, else from [defaults], else built in."""
    update = {}
    for key in Analyses.model_fields:
        if getattr(outcome, key) is None:
            default = getattr(defaults, key)
            update[key] = getattr(BUILT_IN, key) if default is None else default
    return outcome.model_copy(update=update)


def varied(outcome: Outcome, sensitivity: Sensitivity) -> Outcome:
    """A resolved outcome with the choices of one sensitivity analysis in place of its own."""
    given = {key: getattr(sensitivity, key) for key in (*Choices.model_fields, "result")}
    update = {key: value for key, value in given.items() if value is not None}
    return outcome.model_copy(update=update)
