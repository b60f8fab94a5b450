"""``livereview audit`` as a user types it: what is listed and in which order, what is refused, what is written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder

from hostile import POISONS

Install = Callable[[str], Path]

#: A check that finds counts of 12 and more (errors), of 8 (a warning), and a study by name (a note); it says how far
#: rows move the estimate by their number of events.
CHECK = """
from livereview import *

MANY = AuditCode(code="many-events", severity="error", title="Many events")
EIGHT = AuditCode(code="eight-events", severity="warning", title="Eight events")
NAMED = AuditCode(code="named-study", severity="note", title="A study by name")

def place(row, *columns):
    return AuditPlace(table="results", row_id=row["row_id"], columns=columns)

def find(request, options):
    found = []
    for row in request.rows("results"):
        if row["events"] >= 12:
            found.append(AuditFinding(code="many-events", message=f"{row['events']} events, at most 11 are expected",
                                      remedy="Look it up.", place=place(row, "events"), suggestion={"events": 11}))
        if row["events"] == 8:
            found.append(AuditFinding(code="eight-events", message="8 of 60", remedy="Count.", place=place(row)))
    for row in request.rows("studies"):
        if row["study_id"] == "costa-2008":
            found.append(AuditFinding(code="named-study", message="<b>Costa</b> | *2008*", remedy="Read =1+1.",
                                      place=AuditPlace(study_id="costa-2008")))
    table = Table(title="A *list*", columns=(Column(name="n"),), rows=((1,),), notes=("One | row.",))
    influence = {row["row_id"]: row["events"] / 100 for row in request.rows("results")}
    return Audited(findings=tuple(found), tables=(table,), influence=influence)

@hookimpl
def livereview_audit_checks():
    return [AuditCheck(name="many", title="Many", summary="Many.", codes=(MANY, EIGHT, NAMED), find=find)]
"""
AUDIT = '[audit]\nchecks = ["many"]\n'


@pytest.fixture
def audited(folder: ReviewFolder, plugin: Install) -> ReviewFolder:
    """The reviews of adults and of everybody, both audited by the check above; nothing is updated yet."""
    plugin(CHECK)
    (folder.root / "children.toml").unlink()
    folder.manifest("adults", more=AUDIT)
    folder.manifest("everybody", more=AUDIT, population=None)
    return folder


def test_findings_are_ranked_by_severity_then_by_what_moves_the_estimate(audited: ReviewFolder) -> None:
    before = audited.tree()
    ran = audited.run("audit", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert audited.tree() == before
    lines = ran.out.splitlines()
    assert lines[0] == "Drug against placebo in adults: 5 errors, 1 warning, 1 note open (1 check on 27 cells)"
    heads = [line.split()[:3] for line in lines if line[:4].strip().isdigit() and line[:3] != "1"]
    assert [(rank, severity) for rank, severity, _ in heads] == [
        ("1", "error"), ("2", "error"), ("3", "error"), ("4", "error"), ("5", "error"), ("6", "warning"), ("7", "note"),
    ]  # fmt: skip
    told = [line.strip() for line in lines if "events, at most" in line]
    assert [int(line.split()[0]) for line in told] == [44, 30, 20, 15, 12]
    first = lines.index(next(line for line in lines if line.startswith("  1")))
    assert lines[first : first + 6] == [
        "  1  error    many-events: Many events",
        lines[first + 1],
        "     Pooled in: death",
        "     44 events, at most 11 are expected",
        "     Would fit: events 11",
        "     → Look it up.",
    ]
    assert lines[first + 1].startswith("     Costa 2008; death, ITT, placebo; extractions/results.csv, row 7; row ")
    assert max(map(len, lines)) <= 100


def test_reviews_that_share_a_row_list_it_once_and_are_named(audited: ReviewFolder) -> None:
    lines = audited.run("audit", ".").out.splitlines()
    assert sum("44 events" in line for line in lines) == 1
    assert sum("Seen by: adults, everybody" in line for line in lines) == 6  # the study is named by each on its own
    assert sum("Pooled in: adults/death, everybody/death" in line for line in lines) == 6


def test_what_is_listed_can_be_narrowed_and_what_is_open_can_fail(audited: ReviewFolder) -> None:
    assert audited.run("audit", "adults.toml", "--severity", "warning", "--json").data["findings"][-1]["rank"] == 6
    ran = audited.run("audit", "adults.toml", "--severity", "error", "--fail-on", "warning")
    assert ran.code == 1
    assert ran.err == "adults.toml: 5 errors and 1 warning open\n"
    assert audited.run("audit", "adults.toml", "--outcome", "death").code == 0
    ran = audited.run("audit", "adults.toml", "--outcome", "deth")
    assert ran.code == 2
    assert '"death"' in ran.err


def test_json_has_every_finding_with_its_place(audited: ReviewFolder) -> None:
    found = audited.run("audit", "adults.toml", "--json").data
    assert (found["review"], found["cells"], found["open"]) == ("adults", 27, {"error": 5, "warning": 1, "note": 1})
    first = found["findings"][0]
    assert (first["rank"], first["check"], first["severity"], first["influence"]) == (1, "many", "error", 0.44)
    assert first["finding"]["place"]["columns"] == ["events"]
    assert first["finding"]["place"]["study_id"] == "costa-2008"
    assert first["outcomes"] == ["death"]


def test_files_asked_for_are_written_and_nothing_else_is(audited: ReviewFolder) -> None:
    before = set(audited.tree())
    ran = audited.run("audit", ".", "--csv", "a.csv", "--markdown", "a.md")
    assert ran.code == 0
    assert set(audited.tree()) - before == {"a.csv", "a.md"}
    rows = list(csv.DictReader(io.StringIO((audited.root / "a.csv").read_text())))
    assert (rows[0]["rank"], rows[0]["reviews"], rows[0]["suggestion"]) == ("1", "adults; everybody", "events 11")
    page = (audited.root / "a.md").read_text()
    assert "<b>" not in page
    assert "&#60;b&#62;Costa&#60;/b&#62; &#124; &#42;2008&#42;" in page
    lines = [line for line in page.splitlines() if line.startswith("|")]
    assert [line.count("|") for line in lines] == [8] * 10 + [2] * 6
    assert "## Drug against placebo in adults: A &#42;list&#42;" in page
    assert "One &#124; row." in page


def test_an_acknowledged_finding_is_open_no_more_and_keeps_its_reason(audited: ReviewFolder) -> None:
    row = audited.run("audit", "adults.toml", "--json").data["findings"][0]["finding"]["place"]["row_id"]
    said = (
        f'[[audit.acknowledged]]\ncode = "many-events"\nrow = "{row[:8]}"\nreason = "printed so"\nby = "A. Reviewer"\n'
    )
    audited.manifest("adults", more=AUDIT + said)
    ran = audited.run("audit", "adults.toml")
    assert "44 events" not in ran.out
    assert "4 errors, 1 warning, 1 note open; 1 acknowledged" in ran.out
    listed = audited.run("audit", "adults.toml", "--acknowledged").out.splitlines()
    assert "     Acknowledged by A. Reviewer: printed so" in listed


@pytest.mark.parametrize(
    ("code", "where", "said"),
    [
        ("many-events", 'study = "dubois-2012"', "there is no such finding now"),
        ("mny-events", 'study = "costa-2008"', 'no check that ran has this code. Did you mean "many-events"?'),
        ("many-events", 'outcome = "death"\ntable = "studies"', "there is no such finding now"),
    ],
)
def test_an_acknowledgement_that_fits_nothing_is_found(audited: ReviewFolder, code: str, where: str, said: str) -> None:
    audited.manifest("adults", more=f'{AUDIT}[[audit.acknowledged]]\ncode = "{code}"\n{where}\nreason = "so"\n')
    found = audited.run("audit", "adults.toml", "--json").data["findings"]
    (unused,) = [item for item in found if item["finding"]["code"] == "acknowledgement-unused"]
    assert unused["severity"] == "note"
    assert said in unused["finding"]["message"]
    assert len(found) == 8


def test_an_update_reports_the_audit_and_what_came_and_went_since(audited: ReviewFolder) -> None:
    assert audited.run("update", "adults.toml").code == 0
    (record,) = audited.records()
    assert len(record["audit"]) == 7
    assert "audit" not in {change["code"] for change in record["audit"]}
    audited.row("results", "costa-2008", arm="placebo")["events"] = 8
    audited.row("results", "adams-2001", arm="drug")["events"] = 13
    audited.write_sheets()
    assert audited.run("update", "adults.toml").code == 0
    record = audited.records()[-1]
    assert sorted(item["code"] for item in record["audit"]) == sorted(
        ["many-events"] * 4 + ["eight-events"] * 2 + ["named-study"]
    )
    report = audited.report()
    assert "**Audit, new:** 1 finding: Eight events (warning, Costa 2008; death, ITT, placebo)" in report
    assert "**Audit, settled:** 1 finding: Many events (error, Costa 2008; death, ITT, placebo)" in report
    assert "**Audit:** [4 errors, 2 warnings open](#audit)" in report


BROKEN = {
    "raise ValueError('boom')": "ValueError: boom",
    "raise PluginError('no rows')": "no rows",
    "return 3": "the check returned int",
    "return ['x']": "str, which is no AuditFinding",
    "return [finding(code='other')]": "the code 'other', which is none of its codes",
    "return [finding(remedy='')]": "many-events without message or remedy",
    "return [finding(place=AuditPlace())]": "a place that names neither row, study, outcome nor key",
    "return [finding(place=AuditPlace(table='results', row_id='f' * 64))]": "which the review does not see",
    "return [finding(place=AuditPlace(table='numbers', row_id='f'))]": "which is no table",
    "return [finding(place=AuditPlace(outcome_id='os'))]": "the outcome 'os', which the review does not have",
    "return [finding(severity='bad')]": "the severity 'bad' of many-events",
    "return Audited(tables=(Table(title='T', columns=(Column(name='a'),), rows=((1, 2),)),))": "2 cells for 1 columns",
    "return Audited(influence={'f': 'much'})": "influence is of the type",
}


@pytest.mark.parametrize(("body", "said"), BROKEN.items(), ids=[*BROKEN.values()])
def test_a_check_that_fails_is_named_and_the_others_go_on(
    folder: ReviewFolder, plugin: Install, body: str, said: str
) -> None:
    plugin(CHECK)
    plugin(
        CHECK.replace('name="many"', 'name="broken"').replace(
            "    found = []\n",
            "    def finding(**kw):\n        given = dict(code='many-events', message='m', remedy='r', "
            f"place=AuditPlace(study_id='x')) | kw\n        return AuditFinding(**given)\n    {body}\n    found = []\n",
        )
    )
    folder.manifest("adults", more='[audit]\nchecks = ["broken", "many"]\n')
    ran = folder.run("audit", "adults.toml", "--json")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert "adults.toml: failed: audit: broken (broken, stranger-2 2.5 (stranger-2)): " in ran.err
    assert said in ran.err
    assert len(ran.data["findings"]) == 7
    assert [check["name"] for check in ran.data["checks"]] == ["many"]


def test_no_checks_means_no_audit(audited: ReviewFolder) -> None:
    audited.manifest("adults", more="[audit]\nchecks = []\n")
    assert "not audited" in audited.run("audit", "adults.toml").out
    assert audited.run("update", "adults.toml").code == 0
    assert audited.records()[0]["audit"] is None


def test_a_review_without_evidence_has_nothing_to_audit(empty: ReviewFolder) -> None:
    empty.sheets = {name: [] for name in empty.sheets}
    empty.write_sheets()
    empty.manifest("adults")
    ran = empty.run("audit", "adults.toml")
    assert ran.code == 2
    assert "nothing to audit" in ran.err


def test_old_records_without_an_audit_are_compared_with(audited: ReviewFolder) -> None:
    assert audited.run("update", "adults.toml").code == 0
    (path,) = (audited.root / "history/adults").glob("*.json")
    content = json.loads(path.read_text())
    del content["audit"]
    path.unlink()
    from livereview.history import History

    History(path.parent).add(content)
    audited.row("results", "adams-2001", arm="drug")["events"] = 13
    audited.write_sheets()
    assert audited.run("update", "adults.toml").code == 0
    assert len(audited.records()[-1]["audit"]) == 7


def test_outcome_keeps_to_what_its_estimate_rests_on(audited: ReviewFolder) -> None:
    other = DEATH.replace('"death"\ntitle', '"child-death"\ntitle') + '[[outcomes.filters]]\nfield = "population"\n'
    other += 'in = ["child"]\nreason = "adult"\n'
    audited.manifest("everybody", more=AUDIT, population=None, outcomes=DEATH + other)
    found = audited.run("audit", "everybody.toml", "--outcome", "child-death", "--json").data["findings"]
    assert found == []


@pytest.mark.parametrize("poison", POISONS[:-1])
def test_text_from_outside_is_text_in_markdown_and_in_the_terminal(
    folder: ReviewFolder, plugin: Install, poison: str
) -> None:
    plugin(CHECK.replace('"<b>Costa</b> | *2008*"', repr(f"https://a.example www.b.example :tada: {poison}")))
    folder.manifest("adults", more=AUDIT)
    ran = folder.run("audit", "adults.toml", "--severity", "note", "--markdown", "a.md")
    assert ran.code == 0
    assert not any(ord(char) < 32 and char != "\n" for char in ran.out)
    page = (folder.root / "a.md").read_text()
    assert not any(sign in page for sign in ("<script", "<img", "<svg", "](", "**", "`", "https://", "www.", ":tada:"))
    assert {line.count("|") for line in page.splitlines() if line.startswith("|")} == {7, 2}
