"""An update is a decision: verdicts, exit codes, corrections and retractions, through the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from review_folder import DEATH, ReviewFolder, trial

from livereview.history import History
from livereview.update import update
from real_manifests import with_renderers

REVIEWS = Path(__file__).parents[2] / "reviews"
NEW = trial("fischer-2027", "Fischer 2027", "adult", 40, 90, 12, 91)
SAME = trial("fischer-2027", "Fischer 2027", "adult", 9, 90, 16, 91)


def add(folder: ReviewFolder, rows: dict[str, Any]) -> None:
    for table, more in rows.items():
        folder.sheets[table] += more
    folder.write_sheets()


def verdicts(folder: ReviewFolder, review: str = "adults") -> list[tuple[int, str]]:
    return [(record["update"], record["verdicts"][0]["kind"]) for record in folder.records(review)]


def retract(folder: ReviewFolder, study: str, **cells: Any) -> None:
    """Add a sheet of reports with a status, which corrects the row of a study's report."""
    row = folder.row("reports", study) | {"status": "retracted"} | cells
    names = list(row)
    path = folder.root / "extractions" / "reports.csv"
    lines = [",".join(names)]
    for one in folder.sheets["reports"]:
        shown = row if one["study_id"] == study else one
        lines.append(",".join(str(shown.get(name, "")) for name in names))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- verdicts and exit codes --------------------------------------------------------------------------------------


def test_the_first_update_is_a_first_version(updated: ReviewFolder) -> None:
    assert verdicts(updated) == [(1, "first")]


def test_a_trial_that_changes_little_is_new_and_not_consequential(updated: ReviewFolder) -> None:
    add(updated, SAME)
    ran = updated.run("update", "adults.toml", "--fail-on", "consequential")
    assert (ran.code, ran.err) == (0, "")
    assert "new, not consequential  death    none of 6 triggers fired" in ran.out
    assert verdicts(updated) == [(1, "first"), (2, "not-consequential")]


def test_a_consequential_update_is_done_and_fails_where_the_caller_asks_for_it(updated: ReviewFolder) -> None:
    add(updated, NEW)
    ran = updated.run("update", ".", "--fail-on", "consequential")
    assert ran.code == 1
    [line] = ran.err.splitlines()
    assert line.startswith(
        "adults.toml: failing on consequential: death: crosses-null: the confidence interval was below"
    )
    assert "became" in line
    assert verdicts(updated)[-1] == (2, "consequential")
    assert "**Verdicts** on 1 outcome: consequential 1." in updated.report()
    assert verdicts(updated, "children") == [(1, "first")]


def test_without_the_option_a_consequential_update_is_done_as_any_other(updated: ReviewFolder) -> None:
    add(updated, NEW)
    ran = updated.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "consequential  death    crosses-null, against update 1 of" in ran.out


def test_it_fails_once_and_not_again_without_new_evidence(updated: ReviewFolder) -> None:
    add(updated, NEW)
    assert updated.run("update", "adults.toml", "--fail-on", "consequential").code == 1
    for more in ((), ("--again",)):
        ran = updated.run("update", "adults.toml", "--fail-on", "consequential", "--fail-on", "redefined", *more)
        assert (ran.code, ran.err) == (0, "")


def test_quiet_still_says_why_it_fails_and_json_has_it(updated: ReviewFolder) -> None:
    add(updated, NEW)
    ran = updated.run("update", "adults.toml", "--fail-on", "consequential", "--json", "--quiet")
    assert ran.code == 1
    assert ran.data["failed_on"] == [ran.err.strip().removeprefix("adults.toml: ")]
    [verdict] = ran.data["changes"]["verdicts"]
    assert verdict == updated.records()[1]["verdicts"][0]
    assert verdict["fired"][0]["against"].startswith("update 1 of")


def test_another_measure_under_the_same_id_is_another_question(updated: ReviewFolder) -> None:
    updated.manifest("adults", outcomes=DEATH.replace('"RR"', '"OR"').replace('"Death"', '"Death at one year"'))
    ran = updated.run("update", "adults.toml", "--fail-on", "redefined")
    assert ran.code == 1
    assert "failing on redefined: death: title: Death became Death at one year; measure: RR" in ran.err
    assert "definition changed" in updated.report()
    assert verdicts(updated)[-1] == (2, "redefined")


def test_a_manifest_that_now_leaves_a_trial_out_asks_another_question(updated: ReviewFolder) -> None:
    left_out = '[[eligibility.exclude]]\nstudy = "adams-2001"\nreason = "not ours"\n'
    updated.manifest("adults", more=left_out)
    ran = updated.run("update", "adults.toml", "--fail-on", "consequential")
    assert ran.code == 0
    assert "eligibility: now without adams-2001" in ran.out


def test_triggers_of_the_manifest_are_used_and_told_among_the_choices(updated: ReviewFolder) -> None:
    rules = 'triggers = [{ name = "studies-grow", percent = 30 }]'
    updated.manifest("adults", outcomes=DEATH + rules)
    updated.run("update", "adults.toml")
    add(updated, SAME)
    ran = updated.run("update", "adults.toml")
    assert "studies-grow (percent = 30), against update 2 of" in ran.out
    assert "3 studies became 4: 33% more, at least 30%" in ran.out
    assert "**consequential if:** studies-grow (percent = 30)" in updated.report()


def test_a_trigger_of_a_stranger_that_breaks_fails_its_section_alone(updated: ReviewFolder, plugin: Any) -> None:
    plugin(
        "from livereview import Trigger, hookimpl\n"
        "@hookimpl\n"
        "def livereview_triggers():\n"
        "    return [Trigger(name='broken', summary='Breaks.', fires=lambda before, after, options: 1 / 0)]\n"
    )
    updated.manifest("adults", outcomes=DEATH + 'triggers = ["broken"]')
    add(updated, SAME)
    ran = updated.run("update", "adults.toml")
    assert ran.code == 1
    assert "failed: outcome death, trigger broken (broken, stranger-1 2.5 (stranger-1)): ZeroDivisionError" in ran.err
    assert verdicts(updated)[-1] == (2, "undecided")
    assert "A trigger failed and none fired: broken." in updated.report()


def test_a_trigger_that_nobody_supplies_is_refused_with_its_line(folder: ReviewFolder) -> None:
    folder.manifest("adults", outcomes=DEATH + 'triggers = ["crosses-nul", { name = "estimate-moves", by = 0 }]')
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert 'no trigger is called "crosses-nul". Did you mean "crosses-null"?' in ran.err
    assert "by: found 0 (integer); more than 0 is needed" in ran.err


def test_diff_tells_the_verdicts_as_recorded_or_by_the_rules_of_today(updated: ReviewFolder) -> None:
    add(updated, SAME)
    updated.run("update", "adults.toml")
    assert "none of 6 triggers fired" in updated.run("diff", "adults.toml").out
    updated.manifest("adults", outcomes=DEATH + 'triggers = [{ name = "studies-grow", percent = 30 }]')
    assert "none of 6 triggers fired" in updated.run("diff", "adults.toml").out
    updated.run("update", "adults.toml")
    ran = updated.run("diff", "adults.toml", "1", "3")
    assert "consequential  death    studies-grow" in ran.out
    assert updated.run("diff", "adults.toml", "1", "3", "--json").data["verdicts"][0]["kind"] == "consequential"


# --- certainty ----------------------------------------------------------------------------------------------------

RATED = 'certainty = {{ level = "{level}", reasons = ["imprecision"], signed_by = "A. Reviewer", signed_on = "{day}" }}'


def test_a_signed_certainty_is_printed_and_its_change_is_consequential(updated: ReviewFolder) -> None:
    updated.manifest("adults", outcomes=DEATH + RATED.format(level="moderate", day="2026-01-05"))
    updated.run("update", "adults.toml")
    page = updated.report()
    assert (
        "**Certainty of the evidence (GRADE):** moderate, signed by A. Reviewer on 2026-01-05. Reasons: imprecision."
        in page
    )
    assert "| Certainty |" in page
    assert "was signed on 2026-01-05, and 3 studies rest on numbers recorded since then" in page
    updated.manifest("adults", outcomes=DEATH + RATED.format(level="low", day="2026-01-06"))
    ran = updated.run("update", "adults.toml", "--fail-on", "consequential")
    assert ran.code == 1
    assert "certainty-changes: the certainty was moderate and is now low" in ran.err


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('level = "fair", signed_by = "A", signed_on = "2026-01-05"', 'found "fair"'),
        ('level = "low"', "signed_by: this key is required"),
        ('level = "low", signed_by = "A", signed_on = "5 Jan 2026"', "write a day as year, month and day"),
        ('level = "low", signed_by = "A", signed_on = "2126-01-05"', "a day in the future"),
    ],
)
def test_a_certainty_that_nobody_can_have_signed_is_refused(updated: ReviewFolder, keys: str, said: str) -> None:
    updated.manifest("adults", outcomes=DEATH + f"certainty = {{ {keys} }}")
    before = updated.tree()
    for command in ("update", "check"):
        ran = updated.run(command, "adults.toml")
        assert ran.code == 2
        assert said in ran.err
        assert "adults.toml:" in ran.err
    assert updated.tree() == before


# --- corrections and retractions ----------------------------------------------------------------------------------


@pytest.fixture
def linked(folder: ReviewFolder) -> ReviewFolder:
    """Two reviews that share the trials in adults, updated."""
    folder.manifest("everybody", population=None)
    assert folder.run("update", ".").code == 0
    return folder


def test_a_corrected_number_reaches_every_review_that_uses_it(linked: ReviewFolder) -> None:
    linked.row("results", "brown-2004", arm="drug")["events"] = 7
    linked.write_sheets()
    ran = linked.run("update", ".")
    assert ran.code == 0
    for review in ("adults", "everybody"):
        assert verdicts(linked, review)[-1] == (2, "not-consequential")
        assert "death, ITT, drug: 7/60" in linked.report(review)
    assert verdicts(linked, "children") == [(1, "first")]


def test_a_withdrawn_row_is_listed_with_its_reason(linked: ReviewFolder) -> None:
    row = linked.row("results", "brown-2004", arm="drug")
    row["withdrawn"], row["withdrawn_reason"] = "yes", "per-protocol patients only"
    linked.write_sheets()
    out = linked.run("update", ".").out
    assert out.count("reason: per-protocol patients only") == 2
    for review in ("adults", "everybody"):
        assert "reason: per-protocol patients only" in linked.report(review)


def test_a_retraction_reaches_every_review_and_is_shown_with_and_without(linked: ReviewFolder) -> None:
    retract(linked, "costa-2008", status_on="2026-10-02", note="Data were fabricated")
    ran = linked.run("update", ".", "--fail-on", "consequential")
    assert ran.code == 1
    for review in ("adults", "everybody"):
        first, second = (record["outcomes"][0] for record in linked.records(review))
        again = [item for item in second["sensitivity"] if item["kind"] == "with-retracted"]
        assert again[0]["pooled"] == first["pooled"]
        assert second["pooled"]["k"] == first["pooled"]["k"] - 1
        page = linked.report(review)
        opening = page.partition('## <a id="changes"></a>')[0]
        assert "**RETRACTED since 2026-10-02, left out:**" in opening
        assert "Data were fabricated" in opening
        assert "with it" in opening
        assert "as if not retracted: doi:10.1/costa-2008, retracted since 2026-10-02 (Data were fabricated)" in page
        assert f"{review}.toml: failing on consequential: death: " in ran.err
    assert "Report retracted since 2026-10-02 (before: active): Costa 2008" in ran.out
    assert linked.run("update", ".").out.count("nothing was written") == 3


def test_a_corrected_report_says_which_of_its_numbers_changed(linked: ReviewFolder) -> None:
    linked.row("results", "brown-2004", arm="drug")["events"] = 7
    linked.write_sheets()
    retract(linked, "brown-2004", status="corrected", status_on="2026-10-03", note="Table 2 was wrong")
    out = linked.run("update", "adults.toml").out
    assert "Report corrected since 2026-10-03 (before: active): Brown 2004" in out
    page = linked.report()
    assert "**Corrected since 2026-10-03:**" in page
    assert (
        "Reason: Table 2 was wrong. Status before: active. Numbers that changed with it: death, ITT, drug: 8/60" in page
    )


def test_a_retraction_taken_back_brings_the_study_back(linked: ReviewFolder) -> None:
    retract(linked, "costa-2008")
    linked.run("update", "adults.toml")
    linked.write_sheets()
    linked.run("update", "adults.toml")
    first, _, third = (record["outcomes"][0] for record in linked.records())
    assert third["pooled"] == first["pooled"]
    assert third["retracted"] == []


# --- records made before there were verdicts ----------------------------------------------------------------------


def test_an_old_record_can_be_read_compared_and_built_upon(updated: ReviewFolder) -> None:
    [path] = (updated.root / "history" / "adults").glob("*.json")
    content = json.loads(path.read_bytes())
    path.unlink()
    del content["verdicts"], content["eligibility"]
    for outcome in content["outcomes"]:
        del outcome["certainty"], outcome["retracted"]
    History(path.parent).add(content)
    for command in ("history", "show", "check"):
        assert updated.run(command, "adults.toml").code == 0
    add(updated, NEW)
    assert "crosses-null, against update 1 of" in updated.run("update", "adults.toml").out
    assert updated.run("diff", "adults.toml", "1", "2").code == 0


# --- a real review ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review of relapsed or refractory disease, without figures, updated once."""
    root = tmp_path_factory.mktemp("blina")
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEWS / sheets, root / sheets)
    text = (REVIEWS / "blina_rr.toml").read_text(encoding="utf-8")
    (root / "blina_rr.toml").write_text(with_renderers(text, '"markdown"'), encoding="utf-8")
    update(root / "blina_rr.toml")
    return root


@pytest.fixture
def blina(
    once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ReviewFolder:
    """A copy of that review."""
    root = shutil.copytree(once, tmp_path / "reviews")
    monkeypatch.chdir(root)
    return ReviewFolder(root, capsys)


def kinds(folder: ReviewFolder) -> dict[str, str]:
    return {verdict["id"]: verdict["kind"] for verdict in folder.records("blina_rr")[-1]["verdicts"]}


def test_a_made_up_trial_against_the_others_is_consequential_for_survival_alone(blina: ReviewFolder) -> None:
    sheets = blina.root / "extractions"
    (sheets / "invented_studies.csv").write_text(
        "study_id,label,design,setting,population,ph_status,regimen,n_total,n_arm_experimental,n_arm_control,year\n"
        "invented,Invented,rct,relapsed-refractory,adult,negative,monotherapy,300,150,150,2027\n"
    )
    (sheets / "invented_reports.csv").write_text(
        "report_id,study_id,journal,year,published_on,kind\ndoi:10.1/invented,invented,Nowhere,2026,2026-10,primary\n"
    )
    results = sheets / "invented_results.csv"
    results.write_text(
        "study_id,report_id,outcome,population,arm,comparator,measure,estimate,ci_low,ci_high,locator,status\n"
        "invented,doi:10.1/invented,os,ITT,blinatumomab,chemotherapy,HR,1.41,1.00,1.96,Figure 2,verified\n"
    )
    ran = blina.run("update", "blina_rr.toml", "--fail-on", "consequential")
    assert ran.code == 1
    found = kinds(blina)
    assert found.pop("os-hr") == "consequential"
    assert set(found.values()) == {"no-new-evidence"}
    assert "was below no effect (1) and now includes it: 0.45 to 0.93 became" in ran.err

    results.write_text(results.read_text().replace("1.41,1.00,1.96", "1.40,1.00,1.96"))
    ran = blina.run("update", "blina_rr.toml", "--fail-on", "consequential")
    assert (ran.code, kinds(blina)["os-hr"]) == (0, "not-consequential")


def test_a_retraction_of_a_trial_touches_the_outcomes_that_its_report_has_a_number_for(blina: ReviewFolder) -> None:
    path = blina.root / "extractions" / "reports.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    marked = [
        f"{line},retracted,2026-10-02,invented for this test" if line.startswith("pmid:28249141,") else f"{line},,,"
        for line in lines
    ]
    path.write_text("\n".join([f"{header},status,status_on,note", *marked]) + "\n", encoding="utf-8")
    assert blina.run("update", "blina_rr.toml", "--fail-on", "consequential").code == 1
    first, second = blina.records("blina_rr")
    before, after = ({outcome["id"]: outcome for outcome in record["outcomes"]} for record in (first, second))
    touched = {name for name, outcome in after.items() if outcome["retracted"]}
    rested = {
        name
        for name, outcome in before.items()
        if any(row["report_id"] == "pmid:28249141" for study in outcome["studies"] for row in study["rows"])
    }
    assert rested <= touched
    assert {"os-hr", "ae3-rr"} <= rested
    assert {name for name, kind in kinds(blina).items() if kind == "consequential"} == touched
    for name in rested:
        [again] = [item for item in after[name]["sensitivity"] if item["kind"] == "with-retracted"]
        assert again["pooled"] == before[name]["pooled"], name
