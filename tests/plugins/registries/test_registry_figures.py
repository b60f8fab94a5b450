"""Posted texts as numbers, against a count by brute force and against what the texts say."""

from __future__ import annotations

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from livereview_registries import figures


@pytest.mark.parametrize("digits", [0, 1, 2])
@pytest.mark.parametrize("scale", [100, 1])
def test_a_count_is_found_where_one_alone_rounds_to_what_is_shown(scale: int, digits: int) -> None:
    """Each count of some n up to 130, shown by three ways of rounding, against every other count of that n."""
    unit = Fraction(1, 10**digits)
    counted: figures.Counting = "per-cent" if scale == 100 else "proportion"
    unique = 0
    for n in (*range(1, 20), 40, 113, 130):
        exact = [Fraction(scale * k, n) for k in range(n + 1)]
        for k in range(n + 1):
            for way in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN):
                shown = (Decimal(scale * k) / n).quantize(Decimal(1).scaleb(-digits), way)
                possible = [j for j in range(n + 1) if abs(exact[j] - Fraction(shown)) <= unit / 2]
                assert k in possible
                assert figures.only_count(shown, n, counted) == (k if possible == [k] else None)
                unique += possible == [k]
    assert unique > 0


@pytest.mark.parametrize(
    ("text", "number"),
    [("77.9", "77.9"), ("-2.0", "-2.0"), (" 5 ", "5"), ("−1.5", "-1.5"), ("+3", "3"), (".5", "0.5"), ("45.0", "45.0")],
)
def test_a_number_keeps_its_digits(text: str, number: str) -> None:
    found = figures.number(text)
    assert found is not None
    assert figures.plain(found) == number


@pytest.mark.parametrize("text", ["NA", "", "<0.001", "1,234", "1e5", "12 (3)", "5.", "٣", "1 2", "--1", "9" * 16])
def test_what_is_no_number_is_none(text: str) -> None:
    assert figures.number(text) is None


@pytest.mark.parametrize(
    ("unit", "counted"),
    [
        ("participants", "count"), ("Number of Participants", "count"), ("percentage of participants", "per-cent"),
        ("% of patients", "per-cent"), ("Percent of subjects", "per-cent"), ("percentage of the patients", "per-cent"),
        ("percentage of patients with response", "per-cent"), ("percent probability", "per-cent"),
        ("Percentage 3-year cumulative incidence", "per-cent"), ("Proportion of participants", "proportion"),
        ("Proportion participants that responded", "proportion"), ("% body mass", None), ("percentage of BSA", None),
        ("participants per year", None), ("number of events", None), ("% lung function", None), ("", None),
        ("percentage of patient-years", None), ("percentage of participant visits", None),
        ("percentage of participants visits", None), ("percentage of patients (n=113)", "per-cent"),
    ],
)  # fmt: skip
def test_a_unit_counts_people_only_where_it_says_so(unit: str, counted: str | None) -> None:
    assert figures.counting(unit) == counted


@pytest.mark.parametrize(
    ("text", "level"),
    [("95% Confidence Interval", "95"), ("90 % confidence interval", "90"), ("97.5% Confidence Interval", "97.5")],
)
def test_a_dispersion_that_is_an_interval_has_its_level(text: str, level: str) -> None:
    assert figures.level_of(text) == level


@pytest.mark.parametrize("text", ["Standard Error", "Full Range", "Inter-Quartile Range", "", "5% Confidence Interval"])
def test_a_dispersion_that_is_no_interval_has_no_level(text: str) -> None:
    assert figures.level_of(text) == ""
