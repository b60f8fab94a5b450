"""What a new review starts from: only what the review itself pools is an outcome, and the rest is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from revman_reading import request, written

from first_principles import COUNTS, mantel_haenszel
from livereview import Outline
from livereview_revman import RevmanOptions
from livereview_revman.outline import outline
from revman_files import NO_MORE, dichotomous, revman5, study_id
from revman_files import outcome as revman5_outcome
from revman_packages import OVERALL_3, ROWS_2, archive, counts_row, settings, sheet

LABELS = list(COUNTS)
PARTS = {"Adults": LABELS[:2], "Children": LABELS[2:]}
POOLED = mantel_haenszel(list(COUNTS.values()))


def package(*, totals: str, subtotals: str, parts: dict[str, list[str]] = PARTS) -> bytes:
    """One analysis of risk ratios in two subgroups."""
    rows = [counts_row(1, label, COUNTS[label], subgroup=name) for name, labels in parts.items() for label in labels]
    more = {"Overall estimates": totals, "Subgroup estimates": subtotals}
    overall = [settings(1, POOLED if totals == "true" else None, columns=OVERALL_3, **more)]
    return archive(
        {"7-data-rows.csv": sheet(ROWS_2, rows), "7-overall-estimates-and-settings.csv": sheet(OVERALL_3, overall)}
    )


def outlined(root: Path, name: str, content: bytes) -> Outline:
    written(root, {name: content})
    found = outline(request(root), RevmanOptions(path=name))
    assert found is not None
    return found


def test_subgroups_are_outcomes_where_the_review_pools_them_and_nothing_else(tmp_path: Path) -> None:
    found = outlined(tmp_path, "7.zip", package(totals="false", subtotals="true"))
    assert [item.id for item in found.outcomes] == ["analysis-1-1-subgroup-1", "analysis-1-1-subgroup-2"]


@pytest.mark.parametrize("parts", [PARTS, {"": LABELS}])
def test_an_analysis_that_the_review_does_not_pool_is_no_outcome(tmp_path: Path, parts: dict[str, list[str]]) -> None:
    """A review that writes no result, as where its interval is none that RevMan has, is not pooled in another way."""
    found = outlined(tmp_path, "7.zip", package(totals="false", subtotals="false", parts=parts))
    assert found.outcomes == ()
    (said,) = found.left_out
    assert said.startswith("analysis 1.1 Outcome 1: the review has no overall result of it")
    assert said.endswith(", nor of its subgroups") == ("" not in parts)


def test_studies_counted_twice_do_not_make_outcomes_of_subgroups_that_the_review_does_not_pool(tmp_path: Path) -> None:
    twice = {"Adults": LABELS, "Children": LABELS[2:]}
    found = outlined(tmp_path, "7.zip", package(totals="true", subtotals="false", parts=twice))
    assert found.outcomes == ()
    assert "counted several times in it; its subgroups have no results" in found.left_out[0]


@pytest.mark.parametrize("subtotals", ["true", "false"])
def test_the_outcome_is_divided_where_the_review_pools_its_subgroups(tmp_path: Path, subtotals: str) -> None:
    found = outlined(tmp_path, "7.zip", package(totals="true", subtotals=subtotals))
    (outcome,) = found.outcomes
    assert list(outcome.subgroups) == (list(PARTS) if subtotals == "true" else [])
    assert list(outcome.population) == ["subgroup:Adults", "subgroup:Children"]


@pytest.mark.parametrize(
    ("totals", "ids"),
    [
        ("YES", ["analysis-1-1"]),
        ("SUB", ["analysis-1-1-subgroup-1", "analysis-1-1-subgroup-2"]),
        ("NO", []),
    ],
)
def test_revman_5_says_whether_it_pools_all_or_subgroups_or_nothing(
    tmp_path: Path, totals: str, ids: list[str]
) -> None:
    parts = "".join(
        f'<DICH_SUBGROUP ID="CMP-001.01.0{index}" NO="{index}"><NAME>{name}</NAME>'
        + "".join(dichotomous(study_id(label), *COUNTS[label]) for label in labels)
        + "</DICH_SUBGROUP>"
        for index, (name, labels) in enumerate(PARTS.items(), start=1)
    )
    content = revman5(
        revman5_outcome("DICH", 1, "Death", parts, EFFECT_MEASURE="RR", TOTALS=totals, SUBGROUPS="YES"), more=NO_MORE
    )
    found = outlined(tmp_path, "old.rm5", content)
    assert [item.id for item in found.outcomes] == ids
    assert bool(found.left_out) == (totals != "YES")
