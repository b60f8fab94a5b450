"""The tests and the analysis are found through the entry point, under names that manifests keep."""

from __future__ import annotations

from importlib.metadata import entry_points

import livereview_small_study as package

NAMES = {
    "begg": 3,
    "deeks": 3,
    "egger": 3,
    "excess-significance": 2,
    "harbord": 3,
    "macaskill": 3,
    "peters": 3,
    "pustejovsky-rodgers": 3,
    "recommended": 3,
    "rucker": 3,
    "schwarzer": 3,
    "thompson-sharp": 3,
}


def test_the_entry_point_offers_every_test_with_its_least_number_of_studies() -> None:
    # Regressions have k - 2 degrees of freedom; the tie-corrected variance of Kendall's score divides by k - 2.
    (entry,) = entry_points(group="livereview", name="small-study")
    found = {test.name: test.minimum_studies for test in entry.load().livereview_bias_tests()}
    assert found == NAMES


def test_the_entry_point_offers_fail_safe_n_as_not_recommended() -> None:
    (analysis,) = package.livereview_further_analyses()
    assert analysis.name == "fail-safe-n"
    assert "not recommended" in analysis.title
    assert "not recommended" in analysis.summary


def test_every_test_names_its_source_and_describes_its_options() -> None:
    for test in package.livereview_bias_tests():
        assert test.references, test.name
        assert all(field.description for field in test.options.model_fields.values()), test.name
