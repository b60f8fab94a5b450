"""The measure of legibility finds what a reader trips over, and finds nothing in a page that reads well."""

from __future__ import annotations

import math

import pytest
from legibility import CONTRAST, contrast, faults, ink

import builders
from livereview import Interval, OutcomeResult
from livereview_figures.drawing.page import ACCENT, INK, SOFT, Line, Mark, Page, Shape, Text
from livereview_figures.drawing.typeface import width_of
from livereview_figures.forest.forest import forest
from livereview_figures.forest.series import series
from livereview_figures.funnel.funnel import funnel


def square(x: float, y: float, side: float, fill: str = ACCENT, edge: str = "") -> Shape:
    corners = ((x, y), (x + side, y), (x + side, y + side), (x, y + side))
    return Shape(points=corners, fill=fill, edge=edge, name="square")


def told(*marks: Mark) -> str:
    return "; ".join(faults(Page(200, 100, list(marks))))


HELLO = Text(x=20, y=50, words="Hello", size=10, name="hello")


def test_the_ink_of_a_text_starts_at_its_baseline_and_is_as_wide_as_its_letters() -> None:
    left, top, right, bottom = ink(Text(x=20, y=50, words="HE", size=10))
    # DejaVu Sans: capitals are 0.729 ems high; H begins and E ends within 0.1 ems of their advances.
    assert (top, bottom) == pytest.approx((50 - 7.29, 50), abs=0.01)
    assert 20 < left < 21
    assert 20 + width_of("HE", 10) - 1 < right < 20 + width_of("HE", 10)
    assert ink(Text(x=100, y=50, words="HE", size=10, align="right"))[2] < 100
    middle = ink(Text(x=100, y=50, words="HOH", size=10, align="center"))
    assert (middle[0] + middle[2]) / 2 == pytest.approx(100, abs=0.01)


def test_a_page_that_reads_well_has_no_fault() -> None:
    below = Text(x=20, y=63, words="gÅrden", size=10, bold=True)
    rule = Line(points=((0, 53.5), (200, 53.5)), name="rule")
    assert told(HELLO, below, rule, square(60, 42, 8), square(0, 80, 10)) == ""


def test_texts_that_overlap_or_run_together_are_found() -> None:
    assert "overlaps" in told(HELLO, Text(x=40, y=52, words="world", size=10))
    right_after = Text(x=20 + width_of("Hello", 10) + 0.2, y=50, words="world", size=10)
    assert "reads as one word" in told(HELLO, right_after)
    assert told(HELLO, Text(x=20 + width_of("Hello ", 10), y=50, words="world", size=10)) == ""


def test_a_text_outside_the_page_and_one_that_is_too_small_are_found() -> None:
    assert "leaves the page" in told(Text(x=190, y=50, words="Hello", size=10))
    assert "leaves the page" in told(Text(x=20, y=5, words="Hello", size=10))
    assert "below 7" in told(Text(x=20, y=50, words="Hello", size=6.5))


def test_a_line_through_a_text_is_found_unless_something_covers_it() -> None:
    line = Line(points=((0, 47), (200, 47)), name="null")
    assert "crossed by the line 'null'" in told(line, HELLO)
    assert "crossed by the line" in told(Line(points=((10, 20), (40, 80)), name="slanted"), HELLO)
    assert told(line, square(10, 30, 60, "#FFFFFF"), HELLO) == ""
    assert "crossed by the line" in told(square(10, 30, 60, "#FFFFFF"), line, HELLO)


def test_a_text_half_on_a_mark_is_found_and_one_on_a_pale_surface_is_not() -> None:
    assert "half on 'square'" in told(square(30, 40, 20), HELLO)
    assert told(square(30, 40, 20, "#E7EFF7"), HELLO) == ""
    assert "edge of 'square'" in told(square(30, 40, 20, "#E7EFF7", edge=INK), HELLO)


def test_a_text_that_its_ground_swallows_is_found() -> None:
    dark = square(10, 10, 80, ACCENT)
    assert "has a contrast of" in told(dark, HELLO)
    white = Text(x=20, y=50, words="Hello", size=10, colour="#FFFFFF")
    assert told(dark, white) == ""
    assert "has a contrast of 1.0" in told(white)


def test_contrast_is_that_of_the_accessibility_guidelines() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    # Known values: #777777 on white misses 4.5 by a hair, #767676 reaches it.
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)
    assert min(contrast(colour, "#FFFFFF") for colour in (INK, SOFT, ACCENT)) > CONTRAST


# --- the figures ---------------------------------------------------------------------------------------------------

NAMES = (
    "A multinational randomised controlled phase III trial, part 2", "王小明等、多施設共同ランダム化比較試験の結果",
    "محمد وآخرون ٢٠٢٠", "שלום ואחרים", "Иванова и соавторы", "नमस्ते परीक्षण", "x",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk",
)  # fmt: skip
EXTREME = (
    Interval(estimate=0.9, low=0.0, high=math.inf), Interval(estimate=1e5, low=1e-7, high=1e9),
    Interval(estimate=1e-9, low=1e-12, high=1e-3), Interval(estimate=0.8, low=math.nan, high=math.nan),
)  # fmt: skip


def demanding(k: int, kind: str) -> OutcomeResult:
    """Names of 60 characters in six scripts, huge, tiny, endless and missing numbers, all signs, two divisions."""
    weak = (builders.source_row(0, status="unverified"),)
    studies = [
        builders.study(i, kind, label=f"{NAMES[i % len(NAMES)]} {i}", change="new", rows=weak,
                       **({"shown": EXTREME[i // 5 % 4]} if i % 5 == 3 and kind == "ratio" else {}))
        for i in range(k)
    ]  # fmt: skip
    title, arm = NAMES[0], NAMES[1]
    return builders.outcome(studies=studies, kind=kind, divisions=2, title=title, experimental=arm, control=NAMES[2],
                            favours=(NAMES[3], NAMES[0]), measure_title=NAMES[0])  # fmt: skip


@pytest.mark.parametrize("kind", ["ratio", "proportion", "difference"])
@pytest.mark.parametrize("k", [3, 12, 40, 120])
def test_forests_series_and_funnels_can_be_read(k: int, kind: str) -> None:
    outcome = demanding(k, kind)
    pages = [forest(outcome), forest(outcome, outcome.subgroups[0]), funnel(outcome)]
    pages += [series(outcome, name) for name in ("leave-one-out", "cumulative")]
    assert [fault for page in pages for fault in faults(page)] == []
