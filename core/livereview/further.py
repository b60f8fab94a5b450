"""What further analyses and presets are made of: what crosses their two hooks, beside ``types``.

A further analysis looks at one outcome's studies beyond the pooled estimate (influence, meta-regression, an interval of
tau²) and answers with tables and plots. Cells of the kinds "effect" and "contrast" are on the analysis scale; the core
puts them on the display scale, so that an analysis never transforms back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from livereview.types import Array, BiasTestResult, Cell, Descriptor, Fit, Studies

CellKind = Literal["text", "count", "number", "percent", "p-value", "effect", "contrast"]
Value = str | int | float | None | tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    ``kind`` says what its cells are: "number" as it is; "percent" 0-100; "p-value" 0-1; "effect" on the analysis scale
    of the outcome (a log risk ratio), shown as the outcome's measure is; "contrast" a difference of two effects on the
    analysis scale, shown as a ratio where the scale is logarithmic. A cell of these three kinds of number may be a
    tuple (estimate, lower limit, upper limit). None and NaN = there is no number.
    """

    name: str
    kind: CellKind = "number"


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of an analysis; each row is as long as ``columns``."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """Points or a line of a plot; arrays of one shape (N,), NaN where a point is missing."""

    name: str
    x: Array
    y: Array
    style: Literal["points", "hollow", "line", "dashed", "path", "band", "cells"] = "points"
    """Hollow points are those that are not observed. A line, plain or dashed, has a gap where a point is missing; a
    path is points joined by a line, in the order given; a band lies between ``low`` and ``high``, has no ``y`` of its
    own, and lies below everything else. Cells are rectangles about the points, darker the larger their ``size``."""
    low: Array | None = None
    high: Array | None = None
    labels: tuple[str, ...] = ()
    """Of each point; empty = none."""
    size: Array | None = None
    """Area of each point, relative to the largest; what each cell holds."""
    quiet: bool = False
    """Thin and grey: limits, lines to compare with, the many among which one is looked at."""
    inline: str = ""
    """Words along a line or in a band, in place of the legend; where there is no room, the legend has it."""
    cell: tuple[float, float] | None = None
    """Width and height of cells, in the units of the axes."""


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A figure in numbers. Axes of kind "effect" or "contrast" are on the analysis scale, with ticks on the display
    scale; "number" axes are as they are. A point whose label is that of one study of the outcome leads to it."""

    name: str
    """Kebab-case, unique within the analysis; part of the file name."""
    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_kind: CellKind = "number"
    y_kind: CellKind = "number"
    alt: str = ""
    """What a reader who cannot see the figure needs to know."""
    x_range: tuple[float, float] | None = None
    """What the axis shows; None = every number, with a margin. What lies beyond is not drawn."""
    y_range: tuple[float, float] | None = None
    square: bool = False
    """Whether both axes are equally long."""
    above: tuple[Series, ...] = ()
    """Bars above the frame, stacked: ``y`` is the height at each ``x``, ``cell`` the width. A series has the colour of
    that of ``series`` at its place."""
    beside: tuple[Series, ...] = ()
    """Bars to the right of the frame, stacked: ``x`` is the length at each ``y``."""


@dataclass(frozen=True, kw_only=True)
class PlannedTrial:
    """A registered trial that has not reported the outcome, as its registry entry says; empty = not stated."""

    registry_id: str
    regimen: str = ""
    comparator: str = ""
    """What the control arm receives."""
    design: str = ""
    participants: int | None = None
    """Planned, in all arms."""
    expected_on: str = ""
    """When results are expected: 2027, 2027-03 or 2027-03-31."""
    untested: tuple[str, ...] = ()
    """What the entry says in words of its own, which the eligibility of the review could not test: "regimen: ..."."""


@dataclass(frozen=True, kw_only=True)
class ChosenTest:
    """A bias test that the outcome's manifest asks for on the outcome's own measure, and that its studies allow."""

    name: str
    options: Mapping[str, Any]
    """Every option, given or default."""
    run: Callable[[Studies], BiasTestResult]
    """The test with these options; PluginError where it cannot be computed."""


def _unchanged(values: Array) -> Array:
    return values


@dataclass(frozen=True, kw_only=True)
class AnalysisRequest:
    """One outcome's studies and choices, as a further analysis sees them."""

    studies: Studies
    """The K studies of the outcome, all present, in the order of publication."""
    fit: Callable[[Studies], Fit]
    """The outcome's own model with its options, for any studies and masks of shape ``(..., K)``; checked results."""
    model: str
    model_options: Mapping[str, Any]
    """Every option of the model, given or default."""
    level: float
    null: float | None
    """No effect on the analysis scale; None for measures of one arm."""
    scale: str
    """Analysis scale of the measure: "log", "logit", "identity", ..."""
    characteristics: Mapping[str, tuple[Cell, ...]]
    """Columns of the studies table, ``characteristics.NAME`` and ``year`` for the K studies; None where not stated."""
    results: Studies
    """Every usable result of the outcome, also several of one study; at least the K of ``studies``."""
    result_of: tuple[int, ...]
    """Position in ``result_studies`` of the study that each result belongs to."""
    result_studies: tuple[str, ...]
    """Labels of the studies that ``results`` come from."""
    published: tuple[str, ...] = ()
    """When each of the K numbers was published: "2021", "2021-03" or "2021-03-02"; empty where nobody knows."""
    participants: tuple[int | None, ...] = ()
    """People behind each of the K numbers; None where not stated."""
    has_test: bool = True
    """Whether the model's estimate over its standard error is a test of no effect; False for a posterior."""
    prediction: str = "k-1"
    """Convention of the outcome's prediction interval: "k-1", "k-2", "normal", "model" or "none"."""
    display: str = "difference"
    """How effects are printed: "ratio", "proportion", "difference", "rate", "mean", "correlation"."""
    shown: Callable[[Array], Array] = _unchanged
    """Effects of any shape from the analysis to the display scale."""
    ongoing: tuple[PlannedTrial, ...] = ()
    """Registered trials that the review admits and that have not reported the outcome, by expected date (unknown dates
    last), then number; empty where the review does not list them."""
    measure_options: Mapping[str, Any] = field(default_factory=dict)
    """Every option of the effect measure, given or default."""
    i2: str = "Q"
    """What the outcome's I² comes from: "Q" or "tau2"."""
    bias_tests: tuple[ChosenTest, ...] = ()
    """The outcome's bias tests on its own measure; without those that are refused, as for too few studies."""


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """What a further analysis found."""

    tables: tuple[Table, ...] = ()
    plots: tuple[Plot, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know: what was left out, a method that is not recommended and why."""
    funnel: tuple[Series, ...] = ()
    """What it adds to the outcome's funnel plot: ``x`` effects on the analysis scale, ``y`` standard errors."""


@dataclass(frozen=True, kw_only=True)
class FurtherAnalysis(Descriptor):
    """Looks at one outcome beyond its pooled estimate: ``run(request, options)``.

    Raises ``PluginError`` where it cannot be done, with what would be needed; the report shows that text.
    """

    kind: ClassVar[str] = "analysis"
    title: str
    """Heading in the report."""
    run: Callable[[AnalysisRequest, Any], Analysed]
    minimum_studies: int = 2
    needs: tuple[str, ...] = ()
    """Columns of ``Studies.data`` without which it cannot run."""
    measures: tuple[str, ...] = ()
    """Codes of the measures it applies to; empty = all."""


@dataclass(frozen=True, kw_only=True)
class Preset(Descriptor):
    """The choices of a program or a guideline, by name: ``choices(measure)`` gives what it sets for a measure.

    Keys are those of an outcome in a manifest (``model``, ``prediction``, ``i2``, ``level``), values as a manifest has
    them; ``measure`` holds options of the measure, and its ``name`` where the program pools another one. Whatever a
    manifest says itself wins over its preset.
    """

    kind: ClassVar[str] = "preset"
    choices: Callable[[str], Mapping[str, Any]]
    """From the code of the effect measure to the choices."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Why, by key: what the program does, with the version and the source."""
