"""Whatever pydantic finds wrong is told in the words of a manifest, once per mistake."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError
from pydantic_core.core_schema import ErrorType

from livereview.manifest.findings import findings
from livereview.manifest.mistakes import Mistake, dotted, from_validation
from livereview.manifest.words import among, nearest, shown
from livereview.plugins import Provider, Registered
from livereview.types import EffectModel, Options

#: Words of Python and pydantic that mean nothing to the author of a manifest.
JARGON = re.compile(
    r"\b(inputs?|instance|dictionary|dict|tuple|list|str|int|bool|float|set|deque|NoneType|None|iterable|validators?"
    r"|parse|parsing|model|pydantic|datetime|timedelta|Traceback|ctx|field required)\b",
    re.IGNORECASE,
)

#: Errors that data from TOML cannot cause: they are about Python objects, calls of functions, or pydantic's own use.
NOT_FROM_TOML = {
    "no_such_attribute", "json_invalid", "json_type", "needs_python_object", "recursion_loop", "frozen_field",
    "frozen_instance", "invalid_key", "get_attribute_error", "dataclass_exact_type", "default_factory_not_called",
    "iteration_error", "frozen_dict_type", "ordered_dict_type", "counter_type", "missing_sentinel_error",
    "ellipsis_error", "is_instance_of", "is_subclass_of", "callable_type", "arguments_type", "missing_argument",
    "unexpected_keyword_argument", "missing_keyword_only_argument", "unexpected_positional_argument",
    "missing_positional_only_argument", "multiple_argument_values", "recursion_depth_exceeded",
}  # fmt: skip

CONTEXT = {
    "error": "x", "class_name": "X", "gt": 1, "ge": 1, "lt": 1, "le": 1, "multiple_of": 2, "field_type": "Tuple",
    "min_length": 2, "max_length": 2, "actual_length": 3, "pattern": "^a$", "expected": "'a' or 'b'", "tag": "'x'",
    "discriminator": "'kind'", "expected_tags": "'a', 'b'", "expected_schemes": "'https'", "expected_version": 4,
    "max_digits": 2, "decimal_places": 2, "whole_digits": 2, "tz_expected": 0, "tz_actual": 1, "method_name": "x",
    "encoding": "utf-8", "encoding_error": "x", "attribute": "x", "class": "X",
}  # fmt: skip


def context_of(kind: str) -> dict[str, Any]:
    """The context that an error of this type has."""
    wanted = dict(CONTEXT, error=ValueError("x") if kind in ("value_error", "assertion_error") else "x")
    try:
        template = PydanticKnownError(kind, wanted).message_template  # type: ignore[arg-type]
    except TypeError:  # an error without context
        return {}
    return {key: value for key, value in wanted.items() if f"{{{key}}}" in template}


@pytest.mark.parametrize("kind", sorted(set(get_args(ErrorType)) - NOT_FROM_TOML))
def test_no_error_type_speaks_the_language_of_python(kind: str) -> None:
    class Table(BaseModel):
        key: str

    details: Any = {"type": kind, "loc": ("key",), "input": "found", "ctx": context_of(kind)}
    error = ValidationError.from_exception_data("Table", [details])
    (found,) = findings(error, Table, {"key": "found"})
    assert not JARGON.search(found.text), found.text
    assert found.text.endswith(".")
    assert found.place == ("key",)


class Colour(Enum):
    RED = "red"


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("an odd\n  number.")
    return value


def _custom(value: str) -> str:
    raise PydanticCustomError("own", "Not that one.")


class Inner(Options):
    depth: int = Field(1, multiple_of=2)


class Wide(Options):
    """Options of every sort that a plugin might have."""

    day: date = date(2020, 1, 1)
    moment: datetime | None = None
    clock: time | None = None
    wait: timedelta | None = None
    exact: Decimal = Decimal(0)
    colour: Colour = Colour.RED
    sided: Literal[1, 2] = 1
    quoted: Literal["a, b", "c or d"] = "c or d"
    even: Annotated[int, AfterValidator(_even)] = 0
    custom: Annotated[str, AfterValidator(_custom)] = ""
    inner: Inner = Inner()
    inners: dict[str, Inner] = Field(default_factory=dict)
    several: tuple[Inner, ...] | int = 1
    numbers: list[float] = Field(default_factory=list)
    pair: tuple[int, int] = (1, 2)
    code: str = Field("ab", pattern="^[a-z]{2}$")
    folder: Path = Path()
    small: Annotated[int, Field(lt=10)] | bool = 1

    @model_validator(mode="after")
    def _together(self) -> Wide:
        if self.sided == 2 and self.even == 2:
            raise ValueError("sided and even cannot both be 2")
        return self


WIDE = Registered(
    descriptor=EffectModel(name="wide", summary="Wide.", options=Wide, fit=lambda studies, options: None),  # type: ignore[arg-type,return-value]
    provider=Provider(entry_point="wide", distribution="wide", version="1"),
)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"day": "yesterday"}, 'day: found "yesterday" (text); a date is needed.'),
        ({"day": 5}, "day: found 5 (integer); a date is needed."),
        ({"moment": True}, "moment: found true (boolean); a date and time is needed."),
        ({"clock": []}, "clock: found an array of 0; a time is needed."),
        ({"exact": "x"}, 'exact: found "x" (text); a number is needed.'),
        ({"colour": "reed"}, 'colour: found "reed" (text); allowed: red. Did you mean "red"?'),
        ({"sided": "1"}, 'sided: found "1" (text); allowed: 1, 2. Write it without quotes.'),
        ({"quoted": "e"}, 'quoted: found "e" (text); allowed: a, b, c or d.'),
        ({"even": 3}, "even: found 3 (integer); an odd number."),
        ({"custom": "x"}, 'custom: found "x" (text); not that one.'),
        ({"inner": 3}, "inner: found 3 (integer); a table is needed."),
        ({"inner": {"depht": 3}}, 'inner.depht: unknown key. Did you mean "depth"? Allowed here: depth.'),
        ({"inner": {"depth": 3}}, "inner.depth: found 3 (integer); a multiple of 2 is needed."),
        ({"inners": {"a b": {"x": 1}}}, 'inners."a b".x: unknown key. Allowed here: depth.'),
        ({"several": "x"}, 'several: found "x" (text); an array or an integer is needed.'),
        ({"several": [{"depth": 2}, {"depth": "x"}]}, 'several[1].depth: found "x" (text); an integer is needed.'),
        ({"numbers": [1, 2.5, "x"]}, 'numbers[2]: found "x" (text); a number is needed.'),
        ({"pair": [1, 2, 3]}, "pair: found an array of 3; at most 2 are allowed."),
        ({"code": "A"}, 'code: found "A" (text); it must match the pattern ^[a-z]{2}$.'),
        ({"small": 12}, "small: found 12 (integer); less than 10 is needed."),
        ({"sided": 2, "even": 2}, "sided and even cannot both be 2."),
        ({"dya": 1}, 'dya: unknown key. Did you mean "day"? Allowed here: day, moment, …'),
    ],
)
def test_options_of_any_sort_are_told_in_plain_words(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as caught:
        WIDE.options(given)
    (mistake,) = from_validation(caught.value, Wide, data=given)
    text = f"{dotted(mistake.path)}: {mistake.message}" if mistake.path else mistake.message
    assert text == says or (says.endswith("…") and text.startswith(says[:-1]))
    assert not JARGON.search(mistake.message)


def test_options_of_any_sort_are_read() -> None:
    given = {
        "day": date(2024, 2, 29),
        "moment": datetime(2020, 1, 1, 12),
        "folder": "a",
        "numbers": [1, 2.5],
        "pair": (3, 4),
    }
    read = WIDE.options({**given, "colour": "red", "inner": {"depth": 2}, "several": [{"depth": 4}], "exact": 2})
    assert isinstance(read, Wide)
    assert (read.day, read.moment) == (given["day"], given["moment"])
    assert (read.folder, read.numbers, read.pair) == (Path("a"), [1.0, 2.5], (3, 4))
    assert (read.colour, read.inner.depth, read.several) == (Colour.RED, 2, (Inner(depth=4),))


def test_several_mistakes_in_options_are_all_told() -> None:
    given = {"day": 5, "code": "A", "x": 1}
    with pytest.raises(ValidationError) as caught:
        WIDE.options(given)
    found = from_validation(caught.value, Wide, at=("defaults", "model"), data=given)
    assert [mistake.path for mistake in found] == [("defaults", "model", key) for key in ("day", "code", "x")]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, "5 (integer)"), (0.5, "0.5 (number)"), (True, "true (boolean)"), ("a", '"a" (text)'),
        ([1, 2], "an array of 2"),
        ({}, "an empty table"), ({"a": 1, "b": 2}, "a table with a, b"), (date(2020, 1, 2), "2020-01-02 (date)"),
        (datetime(2020, 1, 2, 3), "2020-01-02 03:00:00 (date and time)"), (time(3), "03:00:00 (time)"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_toml_has_it(value: object, words: str) -> None:
    assert shown(value) == words


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("rr", "RR"), ("random_effects", "random-effects"), ("Random-Effect", "random-effects"), ("zzz", ""), ("", ""),
        ("RR" * 1_000_000, ""),
    ],
)  # fmt: skip
def test_the_nearest_name_does_not_mind_case_or_dashes(name: str, near: str) -> None:
    assert nearest(name, ["RR", "OR", "random-effects"]) == (f' Did you mean "{near}"?' if near else "")


def test_very_many_names_are_cut() -> None:
    assert among(map(str, range(40))).endswith("28, 29 and 10 more")
    assert among(["a", "b"]) == "a, b"


def test_the_line_of_a_missing_key_is_that_of_its_table() -> None:
    mistake = Mistake(path=("review", "title"), message="this key is required.")
    assert mistake.placed("x.toml", {(): 1, ("review",): 7}) == (7, "x.toml:7: review.title: this key is required.")
