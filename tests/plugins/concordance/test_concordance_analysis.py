"""The analysis in a report: tables, notes and cautions; without other programs it says so and fails nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from concordance_requests import answering, fake_rscript, generic, results

from evidence_rows import count, ledger, result, study
from livereview import FurtherResult
from livereview.errors import ExpectedError
from livereview_concordance.analysis import ENGINE_CONCORDANCE, ConcordanceOptions
from livereview_concordance.own import own_numbers

THREE = ledger(
    study("a"), study("b"), study("c"), count("a", 3, 20), count("b", 5, 20), count("c", 9, 20)
)  # fmt: skip
FAR = ([0.9, -0.4, 0.2, 1.4], [0.04, 0.05, 0.06, 0.05])


@pytest.fixture
def no_r(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without R."""
    monkeypatch.setenv("PATH", str(tmp_path))


def reported(**options: object) -> FurtherResult:
    outcome = result(
        THREE, measure="PLO", model={"name": "random-effects", "tau2": "DL", "interval": "wald"},
        analyses=[{"name": "engine-concordance", **options}],
    )  # fmt: skip
    assert outcome.failures == ()
    (found,) = outcome.further
    return found


@pytest.mark.usefixtures("no_r")
def test_without_r_the_report_says_how_to_get_it_and_compares_with_the_other() -> None:
    found = reported()
    assert found.refused == ""
    (table, *_) = found.tables
    assert [column.name for column in table.columns] == [
        "Quantity", "livereview", "statsmodels", "Largest relative difference", "Agreement",
    ]  # fmt: skip
    assert ("Estimate", "≤ 1e-08", "agrees") in [(row[0], row[3], row[4]) for row in table.rows]
    (note,) = (note for note in found.notes if note.startswith("metafor"))
    assert note == (
        "metafor was not run: Rscript is not on the PATH. Install R (https://www.r-project.org) and in it "
        'install.packages("metafor").'
    )


@pytest.mark.usefixtures("no_r")
def test_without_any_program_there_are_notes_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    found = reported()
    assert (found.refused, found.tables) == ("", ())
    assert [note.partition(" was not run")[0] for note in found.notes] == ["metafor", "statsmodels"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "sys.stderr.write('there is no package called metafor'); sys.exit(1)",
            "exit code 1: there is no package",
        ),
        ("open(paths[3], 'w').write('hello')", "what R wrote does not say which metafor answered"),
        ("open(paths[3], 'wb').write(bytes(range(256)))", "what R wrote"),
        ("time.sleep(30)", "R took longer than 0.5 seconds and was ended"),
    ],
)
def test_a_broken_r_is_a_note(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, said: str) -> None:
    fake_rscript(tmp_path, monkeypatch, body)
    found = reported(timeout=0.5)
    assert found.refused == ""
    assert any(note.startswith("metafor was not run: ") and said in note for note in found.notes)
    assert found.tables[0].columns[2].name == "statsmodels"


def test_an_unexplained_gap_is_a_caution(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome = generic(*FAR, tau2="DL", interval="wald", prediction="none")
    own = own_numbers(outcome)
    pooled = {key: own[key] for key in ("estimate", "standard_error", "q", "tau2")}
    answering(tmp_path, monkeypatch, results({"pooled": {**pooled, "q": float(own["q"]) + 1}}))
    found = ENGINE_CONCORDANCE.run(outcome, ConcordanceOptions(engines=("metafor",)))
    agreement, gaps = found.tables
    assert agreement.title == "livereview beside metafor 3.8.1 in R 4.2.2"
    assert [row[-1] for row in agreement.rows if row[0] == "Q"] == ["gap unexplained"]
    assert [(row[0], row[1], row[3]) for row in gaps.rows] == [("metafor", "Q", "unexplained")]
    assert found.notes[0] == "3 of 4 quantities agree with metafor 3.8.1 in R 4.2.2; 0 of 1 gaps is explained."
    assert found.notes[1].startswith("Caution: a gap to metafor (Q) that no known difference")


def test_nothing_is_left_out_silently(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome = generic(*FAR, tau2="DL", interval="wald")
    own = own_numbers(outcome)
    given = {"estimate": own["estimate"], "tarone": 1.0, "warning": "something"}
    answering(tmp_path, monkeypatch, results({"pooled": given}))
    found = ENGINE_CONCORDANCE.run(outcome, ConcordanceOptions(engines=("metafor",)))
    told = " ".join(found.notes)
    assert "metafor warned: something" in told
    assert "Not compared with metafor: Tarone's χ² (livereview has none here)." in told
    (others,) = (note for note in found.notes if note.endswith("(metafor gives none here)."))
    assert all(f"{title}, " in others for title in ("Standard error", "Q", "τ²", "I² (%)"))
    assert "Effect of each study, Variance of each study (the studies report it" in told


def test_a_report_made_twice_is_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    outcome = generic(*FAR, tau2="REML", interval="hartung-knapp")
    own = own_numbers(outcome)
    tables = []
    for off in (0.0, 1e-12):  # another machine's rounding
        pooled = {key: value * (1 + off) for key, value in own.items() if key not in ("effects", "variances")}
        answering(tmp_path, monkeypatch, results({"pooled": pooled}))
        found = ENGINE_CONCORDANCE.run(outcome, ConcordanceOptions(engines=("metafor",)))
        tables.append([(row[0], *row[-2:]) for row in found.tables[0].rows])
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engines": ["stata"]}, "engines"),
        ({"engines": []}, "engines"),
        ({"timeout": 0}, "timeout"),
        ({"rscript": "/bin/sh"}, "rscript"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises((ExpectedError, ValueError), match=said):
        reported(**options)
