"""Both tests are found through the entry point, under names that manifests keep."""

from __future__ import annotations

from importlib.metadata import entry_points

from livereview_small_study.begg import BEGG
from livereview_small_study.egger import EGGER


def test_the_entry_point_offers_begg_and_egger() -> None:
    (entry,) = entry_points(group="livereview", name="small-study")
    found = {test.name: test for test in entry.load().livereview_bias_tests()}
    assert found == {"begg": BEGG, "egger": EGGER}


def test_the_least_number_of_studies_is_that_of_the_formulas() -> None:
    # Egger: k - 2 degrees of freedom; Begg: the tie-corrected variance divides by k - 2.
    assert (EGGER.minimum_studies, BEGG.minimum_studies) == (3, 3)
