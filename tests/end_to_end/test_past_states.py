"""Past states rebuilt through the command line: to the byte the report of then, and nothing else is touched."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder, report, trial

from livereview.json_values import as_json
from livereview.update import update

DAYS = {1: "2026-01-05", 2: "2026-02-05", 3: "2026-03-05"}
LIVING = "[living]\nevery_months = 3\n"
FIRST = {"adams-2001": "2001-06-30", "brown-2004": "2004-03", "costa-2008": "2008"}


def at(day: str) -> Callable[[], datetime]:
    """A clock that stands at nine on that day."""
    return lambda: datetime.fromisoformat(f"{day}T09:00:00.250000+00:00").astimezone(UTC)


@pytest.fixture
def past(folder: ReviewFolder) -> ReviewFolder:
    """The adults' review after three updates: as begun; with a new trial; with a correction and another manifest."""
    for row in folder.sheets["reports"]:
        row["published_on"] = FIRST.get(row["study_id"], "")
    folder.write_sheets()
    path = folder.root / "adults.toml"
    folder.manifest("adults", more=LIVING)
    update(path, now=at(DAYS[1]))
    keep(folder, 1)
    for table, rows in trial("fischer-2027", "Fischer 2027", "adult", 9, 90, 18, 91).items():
        folder.sheets[table] += rows
    folder.row("reports", "fischer-2027")["published_on"] = "2025-11-03"
    folder.write_sheets()
    update(path, now=at(DAYS[2]))
    keep(folder, 2)
    folder.row("results", "costa-2008", arm="drug")["events"] = 33
    folder.write_sheets()
    folder.manifest("adults", outcomes=DEATH + 'model = "common-effect"\n', more=LIVING)
    update(path, now=at(DAYS[3]))
    keep(folder, 3)
    return folder


def keep(folder: ReviewFolder, number: int) -> None:
    """Put a copy of the current report aside."""
    kept = folder.root.parent / f"kept-{number}"
    for name, content in files(folder.root / "reports/adults").items():
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        (kept / name).write_bytes(content)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rebuilt(folder: ReviewFolder, name: str) -> dict[str, bytes]:
    return files(folder.root / "reports" / name)


# --- the report of that day --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("time", ["", "T09:00:00Z"], ids=["by its day", "by its second"])
def test_a_report_as_of_a_day_is_to_the_byte_the_report_of_that_day(past: ReviewFolder, number: int, time: str) -> None:
    before = past.tree()
    ran = past.run("update", "adults.toml", "--as-of", DAYS[number] + time)
    assert ran.code == 0
    assert f"Every file is identical to that of update {number} of {DAYS[number]} (1 file)." in ran.out
    target = f"adults@{DAYS[number]}{time.replace(':', '')}"
    assert rebuilt(past, target) == files(past.root.parent / f"kept-{number}")
    after = past.tree()
    assert {name: after[name] for name in before if name != "reports"} == {
        name: state for name, state in before.items() if name != "reports"
    }


def test_figures_are_rebuilt_to_the_byte_too(folder: ReviewFolder) -> None:
    folder.manifest("adults", head='renderers = ["markdown", "png"]')
    update(folder.root / "adults.toml", now=at(DAYS[1]))
    keep(folder, 1)
    assert folder.run("update", "adults.toml", "--as-of", DAYS[1]).code == 0
    assert len(rebuilt(folder, f"adults@{DAYS[1]}")) > 5
    assert rebuilt(folder, f"adults@{DAYS[1]}") == files(folder.root.parent / "kept-1")


def test_an_update_can_be_named_in_place_of_a_day(past: ReviewFolder) -> None:
    ran = past.run("update", "adults.toml", "--as-of", "update 2", "--to", "then")
    assert "identical to that of update 2" in ran.out
    assert files(past.root / "then") == files(past.root.parent / "kept-2")


def test_a_day_without_an_update_gives_the_report_that_stood_then(past: ReviewFolder) -> None:
    ran = past.run("update", "adults.toml", "--as-of", "2026-02-28", "--json")
    assert (ran.data["identical"], ran.data["update"], ran.data["as_of"]) == (True, 2, "2026-02-28")
    assert rebuilt(past, "adults@2026-02-28") == files(past.root.parent / "kept-2")


def test_the_manifest_of_that_day_is_used_and_this_is_said(past: ReviewFolder) -> None:
    ran = past.run("update", "adults.toml", "--as-of", DAYS[2])
    assert "Made with the manifest of update 2 of 2026-02-05; it was changed since" in ran.err
    today = past.run("update", "adults.toml", "--as-of", DAYS[2], "--manifest", "today", "--to", "today")
    assert "Made with the present manifest, which is not that of update 2 of 2026-02-05." in today.err
    page = (past.root / "today/report.md").read_text(encoding="utf-8")
    assert "**Rebuilt report, no update of the review** · evidence as recorded by 2026-02-05" in page
    assert "common-effect" in page
    assert "33/210" not in page  # the correction came later


def test_a_review_that_a_later_batch_does_not_concern_is_still_the_same_report(past: ReviewFolder) -> None:
    for table, rows in trial("garcia-2027", "Garcia 2027", "child", 4, 40, 6, 41).items():
        past.sheets[table] += rows
    past.write_sheets()
    update(past.root / "children.toml", now=at("2026-04-01"))
    ran = past.run("update", "adults.toml", "--as-of", "2026-04-02")
    assert "identical to that of update 3" in ran.out
    assert rebuilt(past, "adults@2026-04-02") == files(past.root.parent / "kept-3")


def test_evidence_that_no_update_of_the_review_had_seen_is_a_rebuilt_report(past: ReviewFolder) -> None:
    for table, rows in trial("hansen-2027", "Hansen 2027", "adult", 4, 40, 6, 41).items():
        past.sheets[table] += rows
    past.write_sheets()
    update(past.root / "children.toml", now=at("2026-04-01"))
    ran = past.run("update", "adults.toml", "--as-of", "2026-04-02")
    assert ran.code == 0
    assert "This is not update 3 of 2026-03-05, the last one recorded by then" in ran.err
    page = rebuilt(past, "adults@2026-04-02")["report.md"].decode()
    assert "Rebuilt report" in page
    assert "Hansen 2027" in page
    assert "compared with none" in page
    assert "identical to that of update 3" in past.run("update", "adults.toml", "--as-of", "update 3").out


def test_a_batch_merged_in_later_changes_the_day_but_not_the_update(past: ReviewFolder) -> None:
    elsewhere = past.root.parent / "elsewhere"
    copy = shutil.copytree(past.root, elsewhere)
    other = ReviewFolder(copy)
    other.sheets = past.sheets
    shutil.rmtree(copy / "evidence")
    for table, rows in trial("ivanov-2026", "Ivanov 2026", "adult", 6, 70, 9, 71).items():
        other.write(f"ivanov_{table}", rows, table)
    other.manifest("ivanov")
    update(copy / "ivanov.toml", now=at("2026-01-20"))
    for batch in other.batches():
        shutil.copy(batch, past.root / "evidence/batches")
    day = past.run("update", "adults.toml", "--as-of", DAYS[2], "--json")
    assert day.data["update"] is None
    assert "or merged in later with an earlier date, is in this report" in day.data["notes"][-1]
    assert "Ivanov 2026" in rebuilt(past, f"adults@{DAYS[2]}")["report.md"].decode()
    ran = past.run("update", "adults.toml", "--as-of", "update 2")
    assert "identical to that of update 2" in ran.out
    assert rebuilt(past, "adults@update-2") == files(past.root.parent / "kept-2")


def test_a_record_from_before_manifests_were_kept_is_read_and_stays_the_last_one(past: ReviewFolder) -> None:
    strip_manifests(past)
    before = past.tree()
    for arguments in (["update", "adults.toml"], ["update", "adults.toml", "--again"]):
        assert past.run(*arguments).code == 0
        assert past.tree().keys() == before.keys()
    ran = past.run("update", "adults.toml", "--as-of", DAYS[1])
    assert ran.code == 0
    assert "whose record does not hold it: made with the present one" in ran.err
    assert past.run("update", "adults.toml", "--as-of", DAYS[3]).out.count("Every file is identical") == 1


def strip_manifests(folder: ReviewFolder) -> None:
    """Write the history as an older livereview would have written it."""
    from livereview.history import History

    history = History(folder.root / "history/adults")
    renamed: dict[str, str] = {}
    for record in history.records():
        (history.folder / f"{record.name}.json").unlink()
        text = json.dumps({key: value for key, value in record.content.items() if key != "manifest"})
        for old, new in renamed.items():
            text = text.replace(old, new)
        renamed[record.name] = history.add(json.loads(text)).name


def test_files_that_differ_are_named_with_the_reason(past: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livereview.__version__", "99.1")
    ran = past.run("update", "adults.toml", "--as-of", DAYS[1])
    assert ran.code == 0
    assert "Not identical to update 1 of 2026-01-05: 1 of 1 file: report.md" in ran.out
    assert re.search(r"why: livereview: \S+ became 99.1", ran.out)


def test_files_that_differ_for_no_known_reason_are_a_failure(
    past: ReviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("livereview_document.document.contents", lambda report: [])
    ran = past.run("update", "adults.toml", "--as-of", DAYS[1])
    assert ran.code == 1
    assert "why: Manifest, evidence and versions are the same" in ran.out


# --- as it had been published ------------------------------------------------------------------------------------


def test_a_report_as_published_holds_what_the_world_could_know(past: ReviewFolder) -> None:
    past.sheets["reports"].append(
        report("adams-2001", report_id="cite:undated", kind="abstract", year="", published_on="")
    )
    past.write_sheets()
    assert past.run("update", "adults.toml").code == 0
    ran = past.run("update", "adults.toml", "--published-by", "2004")
    assert ran.code == 0
    assert "death    RR       2     320" in ran.out
    assert "Left out, since no date of publication is known: 1 report:" in ran.out
    page = rebuilt(past, "adults@published-2004")["report.md"].decode()
    assert "**Rebuilt report, no update of the review** · evidence as published by 2004" in page
    assert "**Warning:** 1 report without a date of publication left out: cite:undated" in page
    assert "| Published by | 2004 |" in page
    assert "Living review" not in page
    assert "Costa" not in page


def test_as_of_and_published_by_go_together(past: ReviewFolder) -> None:
    shown = past.run("show", "adults.toml", "--as-of", DAYS[1], "--published-by", "2026", "--json").data
    assert [study["label"] for study in shown["outcomes"][0]["studies"]] == ["Adams 2001", "Brown 2004", "Costa 2008"]
    later = past.run("show", "adults.toml", "--as-of", DAYS[2], "--published-by", "2026", "--json").data
    assert later["outcomes"][0]["pooled"]["k"] == 4
    assert later["state"]["published_by"] == "2026"


# --- looking ------------------------------------------------------------------------------------------------------

LOOKING = [
    ["show", "adults.toml", "--as-of", "2026-01-05"],
    ["show", "adults.toml", "--as-of", "2026-01-05", "--outcome", "death"],
    ["show", "adults.toml", "--published-by", "2008-12", "--json"],
    ["diff", "adults.toml", "--as-of", "2026-01-05"],
    ["diff", "adults.toml", "--published-by", "2004", "--json"],
    ["diff", "adults.toml", "--as-of", "2026-01-05", "--as-of", "2026-02-05"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", LOOKING, ids=" ".join)
def test_looking_at_a_past_state_writes_nothing(past: ReviewFolder, arguments: list[str]) -> None:
    before = past.tree()
    ran = past.run(*arguments)
    assert ran.code == 0
    assert ran.out
    assert past.tree() == before


def test_show_computes_what_the_update_recorded(past: ReviewFolder) -> None:
    for number, day in DAYS.items():
        shown = past.run("show", "adults.toml", "--as-of", day, "--json").data
        recorded = as_json(past.records()[number - 1])
        assert {**shown, "files": None, "state": None} == {**recorded, "files": None, "state": None}
        assert shown["state"]["update"] == number


def test_diff_compares_a_moment_with_the_last_update(past: ReviewFolder) -> None:
    ran = past.run("diff", "adults.toml", "--as-of", DAYS[1])
    assert "update 1 of 2026-01-05 (evidence as recorded by 2026-01-05) against update 3 of 2026-03-05" in ran.out
    assert "+ Fischer 2027" in ran.out
    assert "events 30 → events 33" in ran.out
    assert "The manifest changed." in ran.out


def test_diff_compares_two_moments(past: ReviewFolder) -> None:
    found = past.run("diff", "adults.toml", "--published-by", "2004", "--published-by", "2008", "--json").data
    assert (found["before"], found["after"]) == ("evidence as published by 2004", "evidence as published by 2008")
    assert found["outcomes"][0]["studies_added"] == ["Costa 2008"]
    assert {row["study_id"] for row in found["rows"]} == {"costa-2008"}
    assert found["other"] == []
    assert found["verdicts"][0]["before_title"] == "evidence as published by 2004"
    same = past.run("diff", "adults.toml", "--as-of", "2026-02-05", "--as-of", "2026-02-06")
    assert "Nothing changed." in same.out


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["update", "show", "diff"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2026-13-01"], "there is no month 13"),
        (["--as-of", "yesterday"], "Write 2026, 2026-03, 2026-03-01 or 2026-03-01T12:00:00Z. Or name an update"),
        (["--as-of", "2026-01-05T09:00"], "has no offset from UTC"),
        (["--as-of", "2099"], "--as-of: 2099 is in the future; it is now "),
        (["--published-by", "2099-01-01"], "--published-by: 2099-01-01 is in the future"),
        (["--published-by", "2004-02-30"], "there is no day 30 in 2004-02"),
        (["--as-of", "2025-12-31"], "no evidence was recorded by 2025-12-31; the first was at 2026-01-05T09:00:00"),
        (["--published-by", "1999"], "had been published by 1999; the first was published on 2001-06-30"),
        (["--as-of", "update 9"], 'no update is called "9"'),
        (["--as-of", "x", "--published-by", "y"], "2 mistakes; nothing was changed."),
        (["--published-by", "2004", "--manifest", "today"], "there is no --as-of"),
    ],
)
def test_a_moment_that_cannot_be_is_told(past: ReviewFolder, command: str, arguments: list[str], said: str) -> None:
    before = past.tree()
    ran = past.run(command, "adults.toml", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert past.tree() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["update", "adults.toml", "--to", "x"], "--to is where a past report is written"),
        (["update", "adults.toml", "--as-of", "2026", "--again"], "--again belongs to an update"),
        (["update", ".", "--as-of", "2026", "--to", "x"], "--to is for one manifest"),
        (["update", "adults.toml", "--as-of", "2026", "--to", "reports/adults"], "this is where the current report"),
        (["update", "adults.toml", "--as-of", "2026", "--to", "history/adults/x"], "this is where the history"),
        (
            ["update", "adults.toml", "--as-of", "2026", "--to", "extractions"],
            "holds files of something else (reports.",
        ),
        (["update", "adults.toml", "--as-of", "2026", "--to", "adults.toml"], "this is a file"),
        (["show", "adults.toml", "--as-of", "2026", "--update", "1"], "not both"),
        (["diff", "adults.toml", "1", "--as-of", "2026"], "not both"),
        (["diff", "adults.toml", *(["--as-of", "2026"] * 3)], "At most two"),
        (["diff", "adults.toml", *(["--as-of", "2026"] * 2), "--published-by", "2004"], "equally often"),
        (["show", "children.toml", "--as-of", "2026", "--outcome", "deth"], 'Did you mean "death"?'),
    ],
)
def test_options_that_do_not_go_together_are_told(past: ReviewFolder, arguments: list[str], said: str) -> None:
    before = past.tree()
    ran = past.run(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert past.tree() == before


def test_a_batch_deleted_by_hand_is_named(past: ReviewFolder) -> None:
    first = past.records()[0]["batches"][0]
    (past.root / f"evidence/batches/{first}.parquet").unlink()
    ran = past.run("update", "adults.toml", "--as-of", DAYS[2])
    assert ran.code == 2
    assert f"{first}.parquet: this batch is missing, and update 2 of 2026-02-05 rests on it" in ran.err


def test_a_past_manifest_that_is_refused_today_says_so(past: ReviewFolder) -> None:
    from livereview.history import History

    history = History(past.root / "history/adults")
    [first, *others] = history.records()
    for record in (first, *others):
        (history.folder / f"{record.name}.json").unlink()
    text = first.content["manifest"]["text"].replace('"markdown"', '"from-another-computer"')
    history.add({**first.content, "manifest": {"file": "adults.toml", "text": text}})
    ran = past.run("update", "adults.toml", "--as-of", DAYS[1])
    assert ran.code == 2
    assert "The manifest of update 1 of 2026-01-05, which its record keeps, is refused" in ran.err
    assert "from-another-computer" in ran.err
    assert past.run("update", "adults.toml", "--as-of", DAYS[1], "--manifest", "today").code == 0


def test_a_source_that_failed_then_is_still_a_failure_of_that_report(
    folder: ReviewFolder, plugin: Callable[[str], Path]
) -> None:
    plugin(FAILING)
    folder.manifest("adults", source='plugin = "sheets"\npath = "extractions"\n[[sources]]\nplugin = "broken"')
    update(folder.root / "adults.toml", now=at(DAYS[1]))
    keep(folder, 1)
    assert json.loads(json.dumps(folder.records()[0]["failures"]))[0]["section"] == "source broken"
    ran = folder.run("update", "adults.toml", "--as-of", DAYS[1])
    assert ran.code == 1
    assert "identical to that of update 1" in ran.out
    assert rebuilt(folder, f"adults@{DAYS[1]}") == files(folder.root.parent / "kept-1")


FAILING = """
from livereview import DataSource, Options, hookimpl

def fetch(request, options):
    raise RuntimeError("no network")

@hookimpl
def livereview_data_sources():
    return [DataSource(name="broken", summary="Fails.", fetch=fetch, options=Options)]
"""
