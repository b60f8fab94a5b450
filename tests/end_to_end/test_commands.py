"""The commands as a user types them: what they print, as text and as JSON, and that looking changes nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import jsonschema
import pytest
from review_folder import DEATH, ReviewFolder, Row, arm, hazard_ratio, trial

from livereview.commands import commands

OUTCOMES = DEATH + '[[outcomes]]\nid = "os"\ntitle = "Overall survival"\nresult = "os"\nmeasure = "HR"\n'


@pytest.fixture
def twice(updated: ReviewFolder) -> ReviewFolder:
    """The adults' review after a second update with a new trial and a hazard ratio."""
    updated.manifest("adults", outcomes=OUTCOMES)
    for table, rows in trial("fischer-2027", "Fischer 2027", "adult", 9, 90, 18, 91).items():
        updated.sheets[table] += rows
    updated.sheets["results"].append(hazard_ratio("adams-2001", 0.71, 0.55, 0.93, p_value="0.01"))
    updated.write_sheets()
    assert updated.run("update", "adults.toml").code == 0
    return updated


LOOKING = [
    ["check", "."], ["check", "adults.toml", "--json"], ["history", "adults.toml"], ["show", "adults.toml"],
    ["show", "adults.toml", "--outcome", "death"], ["diff", "adults.toml"], ["plugins"], ["schema"],
    ["audit", "."], ["completion", "bash"], ["update", ".", "--json"], ["replay", "adults.toml", "--no-figures"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_looking_changes_nothing(twice: ReviewFolder, arguments: list[str]) -> None:
    before = twice.tree()
    ran = twice.run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out
    assert twice.tree() == before


# --- check -------------------------------------------------------------------------------------------------------


def test_check_counts_what_an_update_would_find(folder: ReviewFolder) -> None:
    before = folder.tree()
    ran = folder.run("check", ".")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{review}: in order. 1 outcome; {eligible} of 5 studies eligible; 20 rows in the sources; "
        "0 batches in the store; 0 updates recorded."
        for review, eligible in (("adults", 3), ("children", 2))
    ]
    assert folder.tree() == before


def test_check_warns_of_names_that_are_probably_misspelt(folder: ReviewFolder) -> None:
    folder.manifest("adults", outcomes=DEATH.replace('result = "death"', 'result = ["death", "deth"]'))
    ran = folder.run("check", "adults.toml")
    assert ran.code == 0
    assert "adults.toml: " in ran.err
    assert 'Did you mean "death"?' in ran.err
    assert folder.run("check", "adults.toml", "--quiet").err == ""


# --- new ---------------------------------------------------------------------------------------------------------


def filled(folder: ReviewFolder) -> None:
    """Type three trials into the sheets of a new review, whose arms are called treatment and control."""
    arms = {"drug": "treatment", "placebo": "control"}
    folder.sheets["results"] = [row | {"arm": arms[row["arm"]]} for row in folder.sheets["results"]]
    folder.write_sheets()


def test_a_new_review_passes_the_check_and_runs_when_its_sheets_are_filled(empty: ReviewFolder) -> None:
    ran = empty.run("new", "my_review.toml", "--title", "Does it work?")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == ["wrote my_review.toml", "wrote extractions/studies.csv"]
    assert empty.run("check", "my_review.toml").code == 0
    filled(empty)
    checked = empty.run("check", "my_review.toml")
    assert checked.code == 0
    assert "5 of 5 studies eligible" in checked.out
    ran = empty.run("update", "my_review.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "Does it work?" in ran.out
    assert empty.records("my_review")[0]["outcomes"][0]["pooled"]["k"] == 5
    assert list((empty.root / "reports/my_review/figures").glob("*.png"))


def test_new_overwrites_nothing(empty: ReviewFolder) -> None:
    empty.run("new", "first.toml")
    (empty.root / "extractions/results.csv").write_text("mine\n")
    before = empty.tree()
    ran = empty.run("new", "first.toml")
    assert ran.code == 2
    assert "first.toml: there is already such a file" in ran.err
    assert empty.tree() == before
    ran = empty.run("new", "second.toml")
    assert ran.out.splitlines()[0] == "wrote second.toml"
    assert "extractions" not in ran.out
    assert (empty.root / "extractions/results.csv").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("name", "review"),
    [
        ("My Review (2027).toml", "my_review_2027"),
        ("Übersicht.toml", "ubersicht"),
        ("a{b}%s\"'.toml", "a_b_s"),
        ("deep/er/x.toml", "x"),
        ("-dash.toml", "dash"),
        ("line\nbreak.toml", "line_break"),
    ],
)
@pytest.mark.parametrize("title", ['A "quoted" \\ title {id}', "two\nlines\x7f\x1b[31m", "Größe 😀"])
def test_any_name_and_title_give_a_manifest(empty: ReviewFolder, name: str, review: str, title: str) -> None:
    ran = empty.run("new", "--title", title, "--", name)
    assert ran.code == 0
    path = empty.root / name
    found = tomllib.loads(path.read_text(encoding="utf-8"))["review"]
    assert found["id"] == review
    assert found["title"] == title
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("name", ["review", "review.yaml", "???.toml", ".toml", "x" * 300 + ".toml"])
def test_a_name_that_cannot_be_one_of_a_manifest(empty: ReviewFolder, name: str) -> None:
    ran = empty.run("new", name)
    assert ran.code == 2
    assert name in ran.err
    assert "Traceback" not in ran.err
    assert empty.tree() == {}


def test_a_review_needs_a_title_that_says_something(empty: ReviewFolder) -> None:
    assert empty.run("new", "x.toml", "--title", " ").code == 2
    assert empty.tree() == {}


# --- history, show, diff -----------------------------------------------------------------------------------------


def test_history_lists_every_update(twice: ReviewFolder) -> None:
    lines = twice.run("history", "adults.toml").out.splitlines()
    assert lines[0].split()[:3] == ["update", "recorded", "name"]
    assert [line.split()[0] for line in lines[1:]] == ["1", "2"]
    assert "No update is recorded yet" in twice.run("history", str(twice.manifest("later"))).out


def test_history_and_show_do_not_need_the_plugins(twice: ReviewFolder) -> None:
    twice.manifest("adults", outcomes=OUTCOMES + 'model = "from-another-computer"\n')
    assert twice.run("show", "adults.toml").code == 0
    assert twice.run("history", "adults.toml").code == 0
    assert twice.run("check", "adults.toml").code == 2


def test_show_tells_where_a_number_comes_from(twice: ReviewFolder) -> None:
    shown = twice.run("show", "adults.toml", "--outcome", "death").out
    assert "Adams 2001" in shown
    assert "12/100 v 20/98" in shown
    assert "doi:10.1/adams-2001, Table 2" in shown
    assert "pooled: " in shown
    hazard = twice.run("show", "adults.toml", "--outcome", "os").out
    assert "estimate 0.71, ci_low 0.55, ci_high 0.93" in hazard


def test_show_goes_back_to_an_earlier_update(twice: ReviewFolder) -> None:
    assert "Fischer" in twice.run("show", "adults.toml", "--outcome", "death").out
    for name in ("1", "0001", next((twice.root / "history/adults").glob("0001-*")).stem[:9]):
        assert "Fischer" not in twice.run("show", "adults.toml", "--outcome", "death", "--update", name).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "adults.toml", "--outcome", "deth"], 'Did you mean "death"? There are: death, os.'),
        (["show", "adults.toml", "--update", "9"], 'no update is called "9"; there are: 1 (0001-'),
        (["diff", "adults.toml", "1", "first"], 'no update is called "first"'),
        (["history", "nobody.toml"], "nobody.toml: there is no such file"),
        (["show", "."], "this is a folder"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(twice: ReviewFolder, arguments: list[str], said: str) -> None:
    ran = twice.run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_diff_compares_any_two_updates(twice: ReviewFolder) -> None:
    ran = twice.run("diff", "adults.toml")
    assert ran.out.startswith("update 1 of ")
    assert "+ Fischer 2027" in ran.out
    assert twice.run("diff", "adults.toml", "1", "2").out == ran.out
    assert twice.run("diff", "adults.toml", "1").out == ran.out
    assert "- Fischer 2027" in twice.run("diff", "adults.toml", "2", "1").out
    same = twice.run("diff", "adults.toml", "2", "2").out
    assert same.endswith("2 of 2 outcomes are unchanged.\nNothing changed.\n")
    first = twice.run("diff", "children.toml")
    assert first.code == 2
    assert "is the first: there is nothing to compare it with" in first.err


def test_diff_still_compares_outcomes_when_a_batch_is_lost(twice: ReviewFolder) -> None:
    for batch in twice.batches():
        batch.unlink()
    ran = twice.run("diff", "adults.toml")
    assert ran.code == 0
    assert "this batch is missing" in ran.err
    assert "+ Fischer 2027" in ran.out


# --- JSON, quiet, help -------------------------------------------------------------------------------------------

UPDATE_KEYS = {
    "manifest", "errors", "review", "update", "name", "new", "store", "changes", "outcomes", "failures", "warnings",
    "report", "failed_on", "left_out", "not_asked",
}  # fmt: skip
CHECK_KEYS = {
    "manifest", "errors", "review", "studies", "eligible", "outcomes", "batches", "rows_in_sources", "updates",
    "warnings", "failures",
}  # fmt: skip
SHOW_KEYS = {
    "format", "review", "title", "update", "previous", "recorded_at", "fingerprint", "snapshot", "batches", "versions",
    "studies", "outcomes", "verdicts", "eligibility", "failures", "files", "flow", "manifest", "drafts",
    "audit",
}  # fmt: skip
HISTORY_KEYS = {"name", "update", "recorded_at", "previous", "snapshot", "fingerprint", "versions", "failures"}
DIFF_KEYS = {"before", "after", "outcomes", "rows", "other", "doubts", "notes", "verdicts", "reports"}
REPLAY_KEYS = {"review", "outcomes", "failures"}
STATUS_KEYS = {
    "manifest", "errors", "review", "title", "on", "state", "reason", "update", "published_on", "due_on",
    "overdue_after", "integrated_through", "not_integrated", "sources", "pending", "unread",
    "notes",
}  # fmt: skip
AUDIT_KEYS = {
    "manifest", "errors", "review", "title", "cells", "checks", "open", "acknowledged", "findings", "tables",
    "failures", "failed_on",
}  # fmt: skip
PLUGIN_KEYS = {"kind", "name", "provider", "state", "reason", "summary"}
JSON_KEYS = {
    "update": UPDATE_KEYS, "check": CHECK_KEYS, "show": SHOW_KEYS, "history": HISTORY_KEYS, "diff": DIFF_KEYS,
    "plugins": PLUGIN_KEYS, "replay": REPLAY_KEYS, "status": STATUS_KEYS, "audit": AUDIT_KEYS,
}  # fmt: skip


@pytest.mark.parametrize("command", JSON_KEYS)
def test_json_has_the_documented_keys(twice: ReviewFolder, command: str) -> None:
    arguments = [] if command == "plugins" else ["adults.toml"]
    data = twice.run(command, *arguments, "--json").data
    for item in data if isinstance(data, list) else [data]:
        assert set(item) == JSON_KEYS[command]


def test_json_of_a_folder_is_a_list_whatever_happens(folder: ReviewFolder) -> None:
    (folder.root / "broken.toml").write_text("[review]\n")
    ran = folder.run("update", ".", "--json")
    assert ran.code == 2
    adults, broken, children = ran.data
    assert (adults["manifest"], adults["update"], adults["new"]) == ("adults.toml", 1, True)
    assert adults["store"] == {"added": 20, "corrected": 0, "withdrawn": 0}
    assert adults["changes"]["first"] is True
    assert set(broken) == {"manifest", "errors"}
    assert all("broken.toml:" in error for error in broken["errors"])
    assert children["report"] == "reports/children/report.md"
    alone = folder.run("update", "broken.toml", "--json")
    assert alone.data["errors"]
    assert isinstance(folder.run("check", "adults.toml", "children.toml", "--json").data, list)


def test_json_keeps_full_precision_and_writes_what_is_no_number_as_null(twice: ReviewFolder) -> None:
    shown = twice.run("show", "adults.toml", "--outcome", "death", "--json").data
    assert shown == twice.records()[1]["outcomes"][0]
    assert len(str(shown["pooled"]["estimate"])) > 12
    assert shown["pooled"]["df"] is None or shown["pooled"]["df"] > 0


def test_quiet_says_nothing_when_all_is_well(folder: ReviewFolder) -> None:
    for command in (["update", "."], ["update", "."], ["update", "--again", "."], ["check", "."]):
        ran = folder.run(*command, "--quiet")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    folder.row("results", "adams-2001", arm="drug")["events"] = 999
    folder.write_sheets()
    assert "999" in folder.run("update", ".", "-q").err


def test_the_schema_accepts_the_manifest_and_refuses_a_misspelt_one(folder: ReviewFolder) -> None:
    schema = folder.run("schema").data
    jsonschema.Draft202012Validator.check_schema(schema)
    text = folder.manifest("adults").read_text()
    jsonschema.validate(tomllib.loads(text), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text.replace("measure =", "mesure =")), schema)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_the_command(empty: ReviewFolder, shell: str) -> None:
    ran = empty.run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "_LIVEREVIEW_COMPLETE" in ran.out


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_has_help_that_fits_a_terminal(empty: ReviewFolder, name: str) -> None:
    ran = empty.run(name, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: livereview {name}")
    assert max(len(line) for line in ran.out.splitlines()) <= 100
    overview = empty.run("--help").out
    [line] = [line for line in overview.splitlines() if line.startswith(f"  {name} ")]
    assert not line.endswith("..."), "the summary is cut in the list of commands"


def test_an_arm_named_otherwise_in_the_sheets_is_no_silent_loss(updated: ReviewFolder) -> None:
    rows: list[Row] = [
        arm("adams-2001", "drgu", 3, 100, outcome="nausea"),
        arm("adams-2001", "placebo", 3, 98, "nausea"),
    ]
    updated.sheets["results"] += rows
    updated.write_sheets()
    updated.manifest("adults", outcomes=DEATH.replace("death", "nausea").replace("Death", "Nausea"))
    ran = updated.run("update", "adults.toml")
    assert ran.code == 0
    [left] = [item for item in updated.records()[1]["outcomes"][0]["excluded"] if item["study_id"] == "adams-2001"][:1]
    assert "arm" in left["reason"]


def test_documented_commands_and_keys_are_those_there_are() -> None:
    text = (Path(__file__).parents[2] / "docs/commands.md").read_text(encoding="utf-8")
    sections = {part.split("\n", 1)[0].strip("`"): part for part in text.split("\n## `livereview ")[1:]}
    sections = {name.split("`")[0].split()[0]: part for name, part in sections.items()}
    assert set(sections) == set(commands.commands)
    for name, command in commands.commands.items():
        for parameter in command.params:
            for spelling in (*parameter.opts, *parameter.secondary_opts):
                shown = spelling if spelling.startswith("-") else spelling.upper()
                assert shown in sections[name], f"{name}: {shown} is not documented"
        for key in JSON_KEYS.get(name, ()):
            assert f"`{key}`" in sections[name], f"{name}: the JSON key {key} is not documented"
