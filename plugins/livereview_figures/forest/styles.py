"""The five layouts of a forest plot: order of columns, headings, colours, and how each prints an interval.

Learnt from figures and manuals that readers know: Review Manager 5 and RevMan Web; JAMA (e.g. Sterne et al. 2020,
doi:10.1001/jama.2020.17023); BMJ's figures of meta-analyses; the R package meta (Balduzzi et al. 2019,
doi:10.1136/ebmental-2019-300117). docs/figures.md says what each does and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from livereview import Interval, OutcomeResult
from livereview.printing import level
from livereview_figures.drawing.layout import PLOT, Column, Span
from livereview_figures.drawing.page import ACCENT, INK
from livereview_figures.drawing.plate import effect_columns, effect_span
from livereview_figures.drawing.text import NO_BREAK, Format, axis_title

Part = Literal["data", "weight", "effect", "plot"]
BLACK, GREY, PALE = "#000000", "#A5A5A5", "#E7EFF7"
_BLUE, _GREEN, _RED = "#0000E6", "#008C00", "#D60000"


@dataclass(frozen=True, kw_only=True)
class Style:
    """One layout."""

    name: str
    study: str
    """Heading over the studies."""
    parts: tuple[Part, ...]
    """Order of the columns behind the study."""
    joined: bool
    """Events and people of an arm in one column, ``12/45``."""
    together: bool
    """Estimate and limits in one column, as one text."""
    marks: tuple[str, str, str]
    """Before, between and behind the limits."""
    total: str
    """How the row of the pooled result is called; empty = with the number of studies."""
    subtotal: str
    square: str = ACCENT
    """Colour; empty = by the kind of data."""
    diamond: str = ACCENT
    edge: str = ""
    bar: str = ""
    through: bool = False
    """The prediction interval runs through the diamond instead of standing below it."""
    bands: str = ""
    favours: str = "Favours"
    events_apart: bool = False
    """Sums of events have a row of their own."""
    under: bool = False
    """Heterogeneity and tests stand under the rows instead of under the axis."""
    counted: bool = True
    """The percent sign is in the heading of the weights instead of their cells."""


STYLES: Mapping[str, Style] = {
    style.name: style
    for style in (
        Style(
            name="livereview", study="Study", parts=("data", "plot", "weight", "effect"), joined=False, together=False,
            marks=("[", ", ", "]"), total="", subtotal="", counted=False,
        ),
        Style(
            name="revman", study="Study or Subgroup", parts=("data", "weight", "effect", "plot"), joined=False,
            together=True, marks=("[", ", ", "]"), total="Total ({level} CI)", subtotal="Subtotal ({level} CI)",
            square="", diamond=BLACK, through=True, events_apart=True, under=True, counted=False,
        ),
        Style(
            name="jama", study="Source", parts=("data", "effect", "plot", "weight"), joined=True, together=True,
            marks=("(", "-", ")"), total="Total", subtotal="Subtotal", diamond=ACCENT, bands=PALE, favours="Favors",
        ),
        Style(
            name="bmj", study="Study", parts=("data", "plot", "weight", "effect"), joined=True, together=True,
            marks=("(", " to ", ")"), total="Total", subtotal="Subtotal",
        ),
        Style(
            name="meta", study="Study", parts=("data", "plot", "effect", "weight"), joined=False, together=False,
            marks=("[", "; ", "]"), total="{model}", subtotal="{model}", square=GREY, diamond=GREY, edge=BLACK,
            bar="#CE0000", under=True, counted=False,
        ),
    )
}  # fmt: skip

_MODELS = {
    "random-effects": ("IV, Random", "Random effects model"),
    "common-effect": ("IV, Fixed", "Common effect model"),
    "mantel-haenszel": ("M-H, Fixed", "Common effect model (Mantel-Haenszel)"),
    "mantel-haenszel-random": ("M-H, Random", "Random effects model"),
    "peto": ("Peto, Fixed", "Common effect model (Peto)"),
}


def style_of(outcome: OutcomeResult) -> Style:
    """The layout that the manifest names."""
    return STYLES[outcome.forest.layout]


def method(outcome: OutcomeResult) -> str:
    """How Review Manager writes a model, ``M-H, Random``; a model that it does not have by its name."""
    short = _MODELS.get(outcome.model, (outcome.model, ""))[0]
    return "Peto, Fixed" if outcome.measure == "PETO" and short == "IV, Fixed" else short


def pool_title(style: Style, outcome: OutcomeResult, subtotal: bool) -> str:
    """What the row of a pooled result is called; empty = the layout tells the number of studies."""
    words = style.subtotal if subtotal else style.total
    model = _MODELS.get(outcome.model, ("", outcome.choices.get("model", outcome.model)))[1]
    return words.format(level=level(outcome.level), model=model)


def square_colour(style: Style, names: list[str]) -> str:
    """The colour of squares; Review Manager's tells counts (blue), means (green) and other effects (red) apart."""
    if style.square:
        return style.square
    kinds = {name.split("_")[0] for name in names}
    return _GREEN if "mean" in kinds else _BLUE if "events" in kinds else _RED


def effect_cells(style: Style, number: Format, shown: Interval) -> dict[str, str]:
    """An estimate with its limits as the cells of a row."""
    estimate, low, high = number.value(shown.estimate), number.value(shown.low), number.value(shown.high)
    before, between, behind = style.marks
    if between == "-" and any(limit.startswith("−") for limit in (low, high)):
        between = " to "
    if style.together:
        return {"effect": f"{estimate} {before}{low}{between}{high}{behind}".replace(" ", NO_BREAK)}
    return {"estimate": estimate, "low": f"{before}{low}{between.rstrip()}", "high": f"{high}{behind}"}


def effect_part(style: Style, outcome: OutcomeResult) -> tuple[list[Column], list[Span]]:
    """The columns of the effect and the headings over them."""
    interval = f"{level(outcome.level)} CI"
    title = axis_title(outcome)
    if style.name == "meta":
        low_high = Span(first="low", last="high", title=f"{level(outcome.level)}-CI", align="right")
        estimate = Span(first="estimate", last="estimate", title=outcome.measure, align="right")
        return effect_columns(), [estimate, low_high]
    if not style.together:
        return effect_columns(), [effect_span(outcome)]
    second = f"{method(outcome)}, {interval}" if style.name == "revman" else f"({interval})"
    least = 8.0 if style.name == "revman" else 4.0
    column = Column(name="effect", gap=1.6, least=least)
    return [column], [Span(first="effect", last="effect", title=title, second=second, align="right", widest=12.0)]


def plot_spans(style: Style, outcome: OutcomeResult) -> list[Span]:
    """What stands over the plot: Review Manager repeats measure and method there."""
    if style.name != "revman":
        return []
    second = f"{method(outcome)}, {level(outcome.level)} CI"
    return [Span(first=PLOT, last=PLOT, title=axis_title(outcome), second=second, widest=20.0)]


def weight_column(style: Style) -> Column:
    return Column(name="weight", title="Weight, %" if style.counted else "Weight", gap=1.4)


def ink(style: Style) -> str:
    """Colour of the dashed line at the pooled estimate."""
    return INK if style.diamond in (BLACK, GREY) else ACCENT
