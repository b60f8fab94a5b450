"""The replay through the command line: what it shows, what it writes, and what it leaves alone."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review_folder import DEATH, ReviewFolder, report, trial

from livereview.history import History
from livereview.json_values import as_json, as_number
from livereview.past.replay import Replay, replayed

REVIEWS = Path(__file__).parents[2] / "reviews"
NAMES = ("blina_combination", "blina_frontline", "blina_rr")
OUTCOMES = DEATH + '[[outcomes]]\nid = "os"\ntitle = "Overall survival"\nresult = "os"\nmeasure = "HR"\n'


@pytest.fixture
def dated(folder: ReviewFolder) -> ReviewFolder:
    """The adults' review after an update: Adams of 2001, Brown of March 2004, Costa without a date."""
    folder.manifest("adults", outcomes=OUTCOMES)
    for study_id, day in (("adams-2001", "2001"), ("brown-2004", "2004-03"), ("costa-2008", "")):
        folder.row("reports", study_id).update(published_on=day, year="")
    folder.write_sheets()
    assert folder.run("update", "adults.toml").code == 0
    return folder


def steps(folder: ReviewFolder, *arguments: str) -> list[dict[str, Any]]:
    """The steps of deaths, as JSON."""
    ran = folder.run("replay", "adults.toml", "--json", "--no-figures", *arguments)
    assert (ran.code, ran.err) == (0, "")
    found: list[dict[str, Any]] = ran.data["outcomes"][0]["steps"]
    return found


# --- what it shows -----------------------------------------------------------------------------------------------


def test_each_day_of_publication_shows_what_was_known_then(dated: ReviewFolder) -> None:
    ran = dated.run("replay", "adults.toml", "--no-figures")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "Death (death, Risk ratio)"
    assert [line.split()[:2] for line in lines[2:5]] == [["2001-12-31", "1"], ["2004-03-31", "2"], ["no", "date"]]
    assert [line.rpartition("+ ")[2] for line in lines[2:5]] == ["Adams 2001", "Brown 2004", "Costa 2008"]
    assert "included" in lines[2]
    assert "first version" in lines[2]
    assert lines[-1] == "No eligible result at any time: os"


def test_the_last_step_is_what_the_update_says_today(dated: ReviewFolder) -> None:
    [outcome, _] = dated.records()[0]["outcomes"]
    assert steps(dated)[-1]["pooled"] == outcome["pooled"]


def test_each_step_has_the_verdict_of_the_triggers_against_what_readers_were_last_told(dated: ReviewFolder) -> None:
    growth = OUTCOMES.replace('id = "death"\n', 'id = "death"\ntriggers = [{ name = "studies-grow", percent = 80 }]\n')
    assert growth != OUTCOMES
    dated.manifest("adults", outcomes=growth)
    verdicts = [step["verdict"] for step in steps(dated)]
    assert [verdict["kind"] for verdict in verdicts] == ["first", "consequential", "not-consequential"]
    assert "1 study became 2" in verdicts[1]["fired"][0]["reason"]


def test_a_study_that_another_one_replaces_leaves_with_the_reason(dated: ReviewFolder) -> None:
    shared = '[[eligibility.overlaps]]\nstudies = ["brown-2004", "adams-2001"]\nreason = "one hospital"\n'
    dated.manifest("adults", outcomes=OUTCOMES, more=shared)
    second = steps(dated)[1]
    assert second["added"] == ["Brown 2004"]
    assert second["removed"] == [["Adams 2001", "shares patients with Brown 2004, which is used: one hospital"]]


def test_a_later_report_of_a_study_is_another_number_not_another_study(dated: ReviewFolder) -> None:
    dated.sheets["reports"].append(report("adams-2001", report_id="doi:10.1/later", published_on="2010-05-01", year=""))
    for name, events in (("drug", 14), ("placebo", 25)):
        row = dict(dated.row("results", "adams-2001", arm=name))
        dated.sheets["results"].append({**row, "report_id": "doi:10.1/later", "events": events})
    dated.write_sheets()
    dated.run("update", "adults.toml")
    found = steps(dated)
    assert [step["published_by"] for step in found] == ["2001-12-31", "2004-03-31", "2010-05-01", ""]
    assert found[2]["changed"] == [["Adams 2001", "doi:10.1/later"]]
    assert [label for step in found for label in step["added"]] == ["Adams 2001", "Brown 2004", "Costa 2008"]


def test_a_report_whose_year_is_not_over_joins_the_last_step(dated: ReviewFolder) -> None:
    from datetime import UTC, datetime

    this_year = str(datetime.now(UTC).year)
    dated.row("reports", "brown-2004").update(published_on=this_year)
    dated.write_sheets()
    dated.run("update", "adults.toml")
    assert steps(dated)[-1]["added"] == ["Brown 2004", "Costa 2008"]


# --- what it writes ----------------------------------------------------------------------------------------------


def test_without_figures_nothing_is_written(dated: ReviewFolder) -> None:
    before = dated.tree()
    assert dated.run("replay", "adults.toml", "--no-figures").code == 0
    assert dated.run("replay", "adults.toml", "--no-figures", "--json", "--outcome", "death").code == 0
    assert dated.tree() == before


def test_the_csv_holds_every_step_and_no_formula(dated: ReviewFolder) -> None:
    dated.row("studies", "adams-2001")["label"] = "=HYPERLINK(1)"
    dated.write_sheets()
    dated.run("update", "adults.toml")
    ran = dated.run("replay", "adults.toml", "--no-figures", "--csv", "steps.csv")
    assert "Steps: steps.csv" in ran.out
    rows = list(csv.DictReader(io.StringIO((dated.root / "steps.csv").read_text(encoding="utf-8"))))
    assert [row["published_by"] for row in rows] == ["2001-12-31", "2004-03-31", "no date"]
    assert rows[0]["added"] == "'=HYPERLINK(1)"
    assert [float(row["estimate"]) for row in rows] == [step["pooled"]["shown"]["estimate"] for step in steps(dated)]


def test_figures_stand_beside_the_report_and_an_update_leaves_them_alone(dated: ReviewFolder) -> None:
    dated.manifest("adults", head='renderers = ["markdown", "png"]')
    dated.run("update", "adults.toml")
    before = dated.tree()
    ran = dated.run("replay", "adults.toml")
    assert ran.code == 0
    assert "Figures: reports/adults@replay (4 files" in ran.out
    stems = ("death-timeline", "death-timeline-forest")
    names = {f"reports/adults@replay/figures/{stem}.{end}" for stem in stems for end in ("png", "csv")}
    drawn = dated.tree()
    assert {name for name in drawn if "timeline" in name and "@replay" in name} == names
    kept = {name: state for name, state in drawn.items() if "@replay" not in name and name != "reports"}
    assert kept == {name: state for name, state in before.items() if name != "reports"}
    assert dated.run("replay", "adults.toml").code == 0
    again = dated.tree()
    assert {name: again[name] for name in names} == {name: drawn[name] for name in names}
    for table, rows in trial("garcia-2027", "Garcia 2027", "adult", 4, 40, 6, 41).items():
        dated.sheets[table] += rows
    dated.write_sheets()
    assert "Update 3" in dated.run("update", "adults.toml").out
    after = dated.tree()
    assert {name: after[name] for name in names} == {name: drawn[name] for name in names}


def test_the_figure_of_an_outcome_that_is_gone_is_removed(dated: ReviewFolder) -> None:
    dated.manifest("adults", head='renderers = ["png"]')
    dated.run("replay", "adults.toml")
    dated.manifest("adults", head='renderers = ["png"]', outcomes=DEATH.replace('id = "death"', 'id = "deaths"'))
    dated.run("replay", "adults.toml")
    assert sorted(path.name for path in (dated.root / "reports/adults@replay/figures").iterdir()) == [
        "deaths-timeline-forest.csv", "deaths-timeline-forest.png", "deaths-timeline.csv", "deaths-timeline.png",
    ]  # fmt: skip


def test_a_review_without_figures_says_so(dated: ReviewFolder) -> None:
    ran = dated.run("replay", "adults.toml")
    assert ran.code == 0
    assert "no figure: no renderer of the manifest draws timelines" in ran.err


# --- what is refused ---------------------------------------------------------------------------------------------


def test_what_is_not_there_is_told(dated: ReviewFolder, empty: ReviewFolder) -> None:
    ran = dated.run("replay", "adults.toml", "--outcome", "deth")
    assert (ran.code, ran.out) == (2, "")
    assert 'no outcome is called "deth". Did you mean "death"? There are: death, os.' in ran.err
    shutil.rmtree(dated.root / "evidence")
    ran = dated.run("replay", "adults.toml")
    assert ran.code == 2
    assert "the store holds no evidence yet; run livereview update first" in ran.err


# --- the real reviews --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=NAMES)
def real(request: pytest.FixtureRequest) -> Replay:
    return replayed(REVIEWS / f"{request.param}.toml")


def test_a_real_replay_ends_exactly_at_the_latest_update(real: Replay) -> None:
    recorded = History(real.places.history).find("latest").outcomes
    assert real.failures == ()
    assert [one.outcome.id for one in real.timelines] == list(recorded)
    for timeline in real.timelines:
        expected, found = recorded[timeline.outcome.id]["pooled"], as_json(timeline.outcome.pooled)
        assert found["k"] == expected["k"]
        assert found["participants"] == expected["participants"]
        for name in (
            "estimate",
            "standard_error",
            "ci_low",
            "ci_high",
            "prediction_low",
            "prediction_high",
            "tau2",
            "i2",
        ):
            # Worst error seen: 0. Room for other versions of numerical libraries than those of the record.
            one, other = as_number(found[name]), as_number(expected[name])
            assert one == pytest.approx(other, rel=1e-9, abs=1e-12, nan_ok=True), (timeline.outcome.id, name)


def test_a_real_replay_adds_no_study_twice(real: Replay) -> None:
    for timeline in real.timelines:
        inside: set[str] = set()
        for step in timeline.steps:
            assert inside.isdisjoint(step.added)
            inside |= set(step.added)
            assert inside.issuperset(label for label, _ in step.removed)
            inside -= {label for label, _ in step.removed}
            assert inside.issuperset(label for label, _ in step.changed)
            assert len(inside) == step.pooled.k
        days = [step.published_by for step in timeline.steps if step.published_by]
        assert days == sorted(set(days))


def test_the_remission_trials_come_in_when_their_reports_were_published() -> None:
    """Dates from reviews/extractions/reports.csv."""
    [remission] = replayed(REVIEWS / "blina_rr.toml", "cr").timelines
    came = {step.published_by: step.added for step in remission.steps}
    assert came["2014-07-31"] == ("Schlegel 2014",)
    assert came["2016-12-20"] == ("von Stackelberg 2016 (MT103-205)",)
    assert remission.steps[0].pooled.shown.estimate == pytest.approx(6 / 9)  # Schlegel 2014: 6 of 9
    gone = {label: reason for step in remission.steps for label, reason in step.removed}
    assert "one centre (Tübingen)" in gone["Schlegel 2014"]


def test_an_outcome_that_a_plugin_fails_does_not_stop_the_others(
    dated: ReviewFolder, plugin: Callable[[str], Path]
) -> None:
    plugin(FAILING)
    broken = DEATH.replace('id = "death"', 'id = "broken"') + 'model = "broken"\n'
    dated.manifest("adults", outcomes=broken + DEATH)
    ran = dated.run("replay", "adults.toml", "--no-figures")
    assert ran.code == 1
    assert "failed: timeline of outcome broken (broken, stranger-1 2.5" in ran.err
    assert ran.out.startswith("Death (death, Risk ratio)")


FAILING = """
from livereview import EffectModel, Options, hookimpl

def fit(studies, options):
    raise RuntimeError("no fit today")

@hookimpl
def livereview_effect_models():
    return [EffectModel(name="broken", summary="Fails.", fit=fit, options=Options)]
"""
