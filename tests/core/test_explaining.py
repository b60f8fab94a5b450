"""Why two sets of choices give different numbers: the steps lead from one to the other, and their shares add up."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path

import pytest

from evidence_rows import REVIEWS
from livereview.changes import tables_of
from livereview.cli import main
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.explaining import OWN, Explanation, explained
from livereview.fetching import brought
from livereview.ingest import ingested, looked_through
from livereview.places import opened
from livereview.screens.reasons import sentences


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real reviews with their evidence stored, and nothing analysed."""
    folder = tmp_path_factory.mktemp("reviews")
    for manifest in REVIEWS.glob("*.toml"):
        (folder / manifest.name).write_bytes(manifest.read_bytes())
    for sheets in ("extractions", "published"):
        (folder / sheets).symlink_to(REVIEWS / sheets)
    file, plugins = opened(folder / "blina_rr.toml")
    store = Store(folder / "evidence")
    current = store.evidence()
    ingested(store, looked_through(brought(file, plugins), current, tables_of(current), date(2026, 11, 29)))
    return folder


def of(reviews: Path, outcome: str, before: str, after: str) -> Explanation:
    return explained(reviews / "blina_rr.toml", outcome, before, after)


def test_the_steps_lead_from_the_one_to_the_other(reviews: Path) -> None:
    found = of(reviews, "os-hr", OWN, "revman5")
    other = of(reviews, "os-hr", "revman5", OWN)
    assert [step.choice for step in found.steps] == ["model: tau2", "model: interval", "prediction"]
    assert found.steps[-1].pooled == found.last == other.first
    assert found.first == other.last


def test_the_shares_of_the_steps_add_up_to_the_whole_difference(reviews: Path) -> None:
    found = of(reviews, "os-hr", OWN, "revman5")
    # Sums of three terms of order 0.01: rounding alone.
    assert found.moved == pytest.approx(found.last.estimate - found.first.estimate, abs=1e-15)
    widths = [one.ci_high - one.ci_low for one in (found.first, found.last)]
    assert found.widened == pytest.approx(math.log(widths[1] / widths[0]), abs=1e-14)


def test_each_choice_is_also_shown_alone(reviews: Path) -> None:
    found = of(reviews, "os-hr", OWN, "revman5")
    first, second, _ = found.steps
    assert first.alone == first.pooled
    assert second.alone is not None
    assert second.alone.tau2 == found.first.tau2
    assert second.alone.df is None


def test_it_says_what_makes_the_difference(reviews: Path) -> None:
    told = sentences(of(reviews, "os-hr", OWN, "revman5"))
    assert told[1].startswith(
        "2. model: interval: hartung-knapp-adhoc → wald. The estimate stays; the interval becomes "
    )
    assert "narrower" in told[1]
    assert told[2] == "3. prediction: k-1 → none. It concerns the prediction interval alone."
    assert told[3] == "What moves the estimate most is model: tau2."
    assert told[4] == "What moves the width of the interval most is model: interval."


def test_where_the_choices_are_the_same_it_says_so(reviews: Path) -> None:
    (told,) = sentences(of(reviews, "os-hr", "revman5", "revman5"))
    assert told == "Both make the same choices for this outcome, so the numbers are the same."


def test_another_measure_is_compared_on_the_display_scale(reviews: Path) -> None:
    found = of(reviews, "cr", OWN, "stata-metan-exact")
    assert found.steps[0].choice == "measure"
    assert found.steps[0].after.startswith("PR (")
    assert found.moved == pytest.approx(found.last.shown.estimate - found.first.shown.estimate, abs=1e-15)


def test_an_outcome_without_a_study_cannot_be_explained_and_says_so(reviews: Path) -> None:
    (told,) = sentences(of(reviews, "cir-hr", OWN, "revman5"))
    assert told == "There is no study to pool under one of them, so that the choices cannot be compared."


@pytest.mark.parametrize(
    ("outcome", "preset", "said"),
    [
        ("os-h", "revman5", 'no outcome is called "os-h". Did you mean "os-hr"?'),
        ("os-hr", "revman", 'no preset is called "revman". Did you mean "revman5"?'),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(reviews: Path, outcome: str, preset: str, said: str) -> None:
    with pytest.raises(ExpectedError, match=said.replace("?", r"\?")):
        of(reviews, outcome, OWN, preset)


def test_the_command_compares_with_every_preset_unless_told_with_which(
    reviews: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(reviews / "blina_rr.toml"), "hsct-rr", "--json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert {one["before"] for one in every} == {OWN}
    assert {"cochrane-2025", "metafor", "revman5"} <= {one["after"] for one in every}
    assert main(["explain", str(reviews / "blina_rr.toml"), "hsct-rr", "revman5", "metafor"]) == 0
    shown = capsys.readouterr().out
    assert "revman5: 1.31 (1.02 to 1.68)" in shown
    assert "metafor: 1.31 (1.01 to 1.69)" in shown
