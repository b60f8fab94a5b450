"""Timelines in the reports of updates: there where a renderer asks, from the evidence of the update, failing alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder

from livereview.report import Report
from livereview.update import update

RATIO = DEATH + 'model = "unsure"\n'

#: Pools by the unweighted mean; refuses to with fewer than ``least`` studies.
UNSURE = """
import numpy as np
from livereview import EffectModel, Fit, Options, hookimpl

def fit(studies, options):
    k = int(studies.present.sum())
    if k < {least}:
        raise RuntimeError("too few for me")
    weights = studies.present / k
    return Fit(estimate=np.mean(studies.effect[studies.present]), standard_error=np.array(1.0), weights=weights)

@hookimpl
def livereview_effect_models():
    return [EffectModel(name="unsure", summary="Needs some studies.", fit=fit, options=Options)]
"""


@pytest.fixture
def dated(folder: ReviewFolder) -> ReviewFolder:
    """The adults' review: Adams of 2001, Brown of March 2004, Costa without a date; nothing is updated yet."""
    for study_id, day in (("adams-2001", "2001"), ("brown-2004", "2004-03"), ("costa-2008", "")):
        folder.row("reports", study_id).update(published_on=day, year="")
    folder.write_sheets()
    return folder


def reported(folder: ReviewFolder, renderers: str, outcomes: str = DEATH) -> Report:
    """The report of an update of the adults."""
    folder.manifest("adults", head=f"renderers = {renderers}", outcomes=outcomes)
    done = update(folder.root / "adults.toml", again=True)
    assert done.report is not None
    return done.report


def test_an_update_has_the_timelines_that_a_renderer_asks_for(dated: ReviewFolder) -> None:
    report = reported(dated, '["markdown", "png"]')
    [timeline] = report.timelines
    assert [(step.published_by, step.pooled.k) for step in timeline.steps] == [
        ("2001-12-31", 1), ("2004-03-31", 2), ("", 3),
    ]  # fmt: skip
    assert (dated.root / "reports/adults/figures/death-timeline.png").exists()
    assert "figures/death-timeline.png" in (dated.root / "reports/adults/report.md").read_text(encoding="utf-8")


def test_nobody_asks_and_nothing_is_walked(dated: ReviewFolder) -> None:
    assert reported(dated, '["markdown"]').timelines == ()


def test_the_last_step_is_todays_result_with_the_same_studies_and_weights(dated: ReviewFolder) -> None:
    report = reported(dated, '["png"]')
    [outcome], [timeline] = report.outcomes, report.timelines
    last = timeline.steps[-1]
    assert last.pooled == outcome.pooled
    assert last.studies == tuple(replace(study, change="") for study in outcome.studies)


def test_each_step_has_the_studies_of_then_with_weights_that_add_up(dated: ReviewFolder) -> None:
    [timeline] = reported(dated, '["png"]').timelines
    assert [[study.label for study in step.studies] for step in timeline.steps] == [
        ["Adams 2001"], ["Adams 2001", "Brown 2004"], ["Adams 2001", "Brown 2004", "Costa 2008"],
    ]  # fmt: skip
    for step in timeline.steps:
        # Worst error seen: 1.4e-14.
        assert sum(study.weight for study in step.studies) == pytest.approx(100, abs=1e-12)


def test_a_failing_timeline_fails_its_section_only(dated: ReviewFolder, plugin: Callable[[str], Path]) -> None:
    plugin(UNSURE.format(least=2))
    other = DEATH.replace('id = "death"', 'id = "other"')
    report = reported(dated, '["markdown", "png"]', outcomes=RATIO + other)
    assert [outcome.pooled.k for outcome in report.outcomes] == [3, 3]
    assert [timeline.outcome.id for timeline in report.timelines] == ["other"]
    [failure] = report.failures
    assert (failure.section, failure.plugin) == ("timeline of outcome death", "unsure")
    assert "too few for me" in failure.message


def test_what_fails_the_analysis_and_the_timeline_is_told_once(
    dated: ReviewFolder, plugin: Callable[[str], Path]
) -> None:
    plugin(UNSURE.format(least=9))
    report = reported(dated, '["png"]', outcomes=RATIO)
    assert report.timelines == ()
    assert report.failures == ()
    assert [failure.section for failure in report.every_failure] == ["outcome death, effect model"]


def test_evidence_that_comes_later_does_not_change_the_timelines_of_a_rebuilt_report(dated: ReviewFolder) -> None:
    reported(dated, '["png"]')
    before = (dated.root / "reports/adults/figures/death-timeline.csv").read_bytes()
    dated.row("reports", "costa-2008").update(published_on="2008-05-01")
    dated.write_sheets()
    assert "Update 2" in dated.run("update", "adults.toml").out
    assert (dated.root / "reports/adults/figures/death-timeline.csv").read_bytes() != before
    ran = dated.run("update", "adults.toml", "--as-of", "update 1")
    assert ran.code == 0
    assert "identical" in ran.out
    rebuilt = next(dated.root.glob("reports/adults@*/figures/death-timeline.csv"))
    assert rebuilt.read_bytes() == before
