"""The values that a manifest is written with: texts, lists of them, identifiers, plugins by name, timepoints."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)


class Part(BaseModel):
    """A part of a manifest: unknown keys are mistakes, types are not bent, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    WRITTEN: ClassVar[str] = "a table"
    """What a person writes for it."""


def _array(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _listed(value: Any) -> Any:
    """A single text stands for a list of one; TOML arrays become tuples."""
    return (value,) if isinstance(value, str) else _array(value)


def _distinct(value: tuple[Any, ...]) -> tuple[Any, ...]:
    repeated = sorted({item if isinstance(item, str) else item.name for item in value if value.count(item) > 1})
    if repeated:
        raise ValueError(f"named twice: {', '.join(repeated)}")
    return value


#: TOML arrays become tuples, so that a manifest cannot change after reading.
Array = BeforeValidator(_array)
#: A list in which nothing stands twice; one text stands for a list of one.
Distinct = (BeforeValidator(_listed), AfterValidator(_distinct), Field(json_schema_extra={"uniqueItems": True}))

Words = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[str, ...], *Distinct]
Names = Annotated[tuple[Words, ...], *Distinct]

IDENTIFIER = r"^[a-z0-9]+([_-][a-z0-9]+)*$"
Identifier = Annotated[str, Field(pattern=IDENTIFIER)]


class Choice(Part):
    """A plugin by name, with its options beside the name; a text alone is the name."""

    WRITTEN: ClassVar[str] = "a name, or a table with the name and options,"
    KEY: ClassVar[str] = "name"
    name: str
    options: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {cls.KEY: value}
        if isinstance(value, dict):
            own = {cls.KEY, *cls.model_fields} - {"options"} - ({"name"} if cls.KEY != "name" else set())
            options = {key: item for key, item in value.items() if key not in own}
            return {**{key: item for key, item in value.items() if key in own}, "options": options}
        return value


class MeasureChoice(Choice):
    """An effect measure and its options."""


class ModelChoice(Choice):
    """An effect model and its options."""


class BiasTestChoice(Choice):
    """A bias test, its options, and the measure it is run on where that differs from the outcome's."""

    measure: MeasureChoice | None = None


class AnalysisChoice(Choice):
    """A further analysis and its options; also `leave-one-out` and `cumulative`, which need no plugin."""


class TriggerChoice(Choice):
    """A trigger and its options."""


class DomainChoice(Choice):
    """A certainty domain and its options."""


class AuditChoice(Choice):
    """An audit check and its options."""


class PresetChoice(Choice):
    """The choices of a program or a guideline under one name."""


class SourceChoice(Choice):
    """A data source and its options."""

    KEY: ClassVar[str] = "plugin"
    name: str = Field(alias="plugin")


class RendererChoice(Choice):
    """A renderer and its options."""

    KEY: ClassVar[str] = "plugin"
    name: str = Field(alias="plugin")


class NearTimepoint(Part):
    """The stated timepoint nearest to ``at`` months, no further than ``within`` months away."""

    at: float = Field(ge=0, description="months", examples=[24])
    within: float = Field(0.0, ge=0, description="months; 0 = that timepoint exactly", examples=[6])

    @model_validator(mode="before")
    @classmethod
    def _from_months(cls, value: Any) -> Any:
        return {"at": value} if isinstance(value, int | float) else value


TimepointWord = Literal["any", "latest", "earliest", "unstated"]
_HOW = 'write "any", "latest", "earliest", "unstated", a number of months, or { at = 24, within = 6 }'


def _understood(value: Any) -> Any:
    if value in TimepointWord.__args__ or _is_near(value):  # type: ignore[attr-defined]
        return value
    raise ValueError(_HOW)


def _is_near(value: Any) -> bool:
    return isinstance(value, int | float | dict | NearTimepoint) and not isinstance(value, bool)


Timepoint = Annotated[
    Annotated[TimepointWord, Tag("word")] | Annotated[NearTimepoint, Tag("months")],
    Discriminator(lambda value: "months" if _is_near(value) else "word"),
    BeforeValidator(_understood),
]
