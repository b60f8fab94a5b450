"""Numbers and words as figures print them."""

from __future__ import annotations

import math

import pytest

import builders
from livereview import Interval
from livereview.printing import estimate, i2
from livereview_figures.drawing.text import (
    Format,
    chi2_phrase,
    clean,
    count,
    decimals_for,
    fixed,
    heterogeneity,
    statistic_phrase,
    study_label,
    tau2_phrase,
)


@pytest.mark.parametrize("display", ["ratio", "proportion", "correlation"])
@pytest.mark.parametrize("value", [0.0, 0.0001, 0.004, 0.0312, 0.0994, 0.31, 0.62, 0.9998, 1.0])
def test_a_figure_prints_a_number_as_the_report_around_it(display: str, value: float) -> None:
    sign = "%" if display == "proportion" else ""
    assert Format(display, 0).value(value) + sign == estimate(value, display)


def test_the_report_and_a_figure_print_the_same_sentence() -> None:
    shown = Interval(estimate=0.065, low=0.0002, high=0.9996)
    assert Format("proportion", 0).sentence(shown, 0.95) == "6.5% (95% CI <0.1% to >99.9%)"
    assert Format("ratio", 0).sentence(Interval(estimate=0.57, low=1e-9, high=4128), 0.9) == (
        "0.57 (90% CI <0.001 to >1,000)"
    )


def test_negative_numbers_have_a_minus_sign_and_zero_has_none() -> None:
    assert fixed(-3.456, 2) == "−3.46"
    assert fixed(-0.001, 2) == "0.00"
    assert fixed(-math.inf, 2) == "−∞"
    assert fixed(math.nan, 1) == "–"


def test_an_interval_is_three_texts_that_align() -> None:
    ratio = Format("ratio", 0)
    assert ratio.parts(Interval(estimate=0.62, low=0.39, high=0.98)) == ("0.62", "[0.39,", "0.98]")
    assert ratio.parts(Interval(estimate=1.5, low=0.0031, high=412.3)) == ("1.50", "[0.003,", "412]")
    assert ratio.parts(Interval(estimate=1.5, low=0.0001, high=math.inf)) == ("1.50", "[<0.001,", "∞]")
    assert ratio.value(2.34e9) == ">1,000"
    assert Format("proportion", 0).parts(Interval(estimate=0.87, low=0.781, high=0.954)) == ("87.0", "[78.1,", "95.4]")
    assert Format("difference", 2).parts(Interval(estimate=-1, low=-2, high=0.1)) == ("−1.00", "[−2.00,", "0.10]")


def test_three_significant_digits_of_the_largest_value() -> None:
    assert [decimals_for([v]) for v in (0.0257, 0.14, 3.86, 12.3, 456.0, 78900.0, 0.0)] == [4, 3, 2, 1, 0, 0, 2]
    assert decimals_for([math.nan, math.inf]) == 2


def test_the_heterogeneity_line_reads_as_readers_know_it() -> None:
    pooled = builders.pooled(tau2=0.12, q=9.1, q_df=4, q_p=0.0587, i2=56.04)
    assert heterogeneity(pooled).replace("\u00a0", " ") == "Tau² = 0.120; Chi² = 9.10, df = 4 (P = 0.059); I² = 56%"
    common = builders.pooled(tau2=None, q=0.42, q_df=4, q_p=0.981, i2=0.0)
    assert heterogeneity(common).replace("\u00a0", " ") == "Chi² = 0.42, df = 4 (P = 0.981); I² = 0%"
    assert heterogeneity(builders.pooled(tau2=None, q=None, i2=None)) == ""
    assert heterogeneity(builders.pooled(i2=30.0), "tau2").endswith("30% (from Tau²)")


def test_tests_are_named_with_their_degrees_of_freedom() -> None:
    assert statistic_phrase("t", 2.31, 4.0, 0.08) == "t(4) = 2.31 (P = 0.080)"
    assert statistic_phrase("t", -2.31, 10.0, 0.04) == "t(10) = −2.31 (P = 0.040)"
    assert statistic_phrase("t", 2.31, 4.26, 0.08) == "t(4.3) = 2.31 (P = 0.080)"
    assert statistic_phrase("z", 7.2, None, 1e-9) == "z = 7.20 (P < 0.001)"
    assert statistic_phrase("z", 7.2, math.inf, 1e-9) == "z = 7.20 (P < 0.001)"
    assert chi2_phrase(12.34, 3, 0.006) == "Chi² = 12.34, df = 3 (P = 0.006)"


def test_small_heterogeneity_is_not_printed_as_none() -> None:
    assert [tau2_phrase(v) for v in (0.0, 0.00003, 0.0042, 0.12, 24.0)] == [
        "Tau² = 0", "Tau² < 0.0001", "Tau² = 0.00420", "Tau² = 0.120", "Tau² = 24.0",
    ]  # fmt: skip
    assert [i2(v) for v in (0.0, 0.3, 55.6, 99.7, 100.0, None)] == ["0%", "<1%", "56%", ">99%", "100%", "–"]


def test_counts_keep_what_is_not_whole() -> None:
    assert [count(v) for v in (12.0, 12.5, 0.0, math.nan, None)] == ["12", "12.5", "0", "–", "–"]


def test_text_from_outside_loses_what_cannot_be_seen() -> None:
    assert clean("Brown\n2020\t\x00\x1b[31m  et al.\u200b\u202e") == "Brown 2020 [31m et al."
    assert clean("\ud800broken") == "broken"


def test_a_label_gets_its_year_once() -> None:
    assert study_label(builders.study(0, label="TOWER", year=2017)) == "TOWER 2017"
    assert study_label(builders.study(0, label="Kantarjian 2017", year=2017)) == "Kantarjian 2017"
    assert study_label(builders.study(0, label="TOWER", year=None)) == "TOWER"
