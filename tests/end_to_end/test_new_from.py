"""A review started from another review's file: the manifest passes the check, and pooling gives what was printed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
from review_folder import ReviewFolder

from first_principles import (
    COUNTS,
    LOGS,
    MEANS,
    Pooled,
    dersimonian_laird,
    inverse_variance,
    log_rr,
    mantel_haenszel,
    mantel_haenszel_random,
    mean_differences,
    reml,
)
from revman_files import NO_MORE, dichotomous, outcome, printed, revman5, study_id
from revman_packages import OVERALL_3, ROWS_2, SUBGROUPS_2, archive, counts_row, data_row, results, settings, sheet

#: Largest relative difference seen: 9e-16 of estimates and limits, 1e-14 of tau² and Q. Under REML, where each side
#: searches for tau² by its own stopping rule, 1.4e-15.
EXACT, SEARCHED = 1e-12, 1e-9

TRIALS = list(COUNTS.values())
LABELS = list(COUNTS)
EFFECTS = [effect for trial in TRIALS if (effect := log_rr(*trial))]
LOG_HR = [(log, se**2) for log, se in LOGS.values()]
DIFFERENCES = mean_differences(list(MEANS.values()))
PARTS = {"Adults": LABELS[:2], "Children": LABELS[2:]}

RANDOM = {"Analysis model": "Random effect", "Heterogeneity estimator": "DL"}
REML = {"Analysis model": "Random effect", "Heterogeneity estimator": "REML", "Statistical method": "IV"}
MEAN = {"Data type": "Continuous", "Effect measure": "Mean Difference", "Log-scale data": "false"}
HAZARD = {"Data type": "Contrast level", "Effect measure": "Hazard Ratio", "Statistical method": "IV"}
#: analysis: what it must give, settings
EXPECTED: Mapping[int, tuple[Pooled, dict[str, Any]]] = {
    1: (mantel_haenszel(TRIALS), {}),
    2: (mantel_haenszel_random(TRIALS), RANDOM),
    3: (inverse_variance(EFFECTS), {"Statistical method": "IV"}),
    4: (dersimonian_laird(EFFECTS), RANDOM | {"Statistical method": "IV"}),
    5: (reml(DIFFERENCES), MEAN | REML),
    6: (inverse_variance(LOG_HR), HAZARD),
    7: (mantel_haenszel_random(TRIALS), RANDOM),
}


def package() -> bytes:
    rows = [counts_row(number, label, trial) for number in (1, 2, 3, 4) for label, trial in COUNTS.items()]
    rows += [
        data_row(5, label, Experimental_mean=m1, Experimental_SD=s1, Experimental_N=n1, Control_mean=m2, Control_SD=s2,
                 Control_N=n2)
        for label, (m1, s1, n1, m2, s2, n2) in MEANS.items()
    ]  # fmt: skip
    rows += [data_row(6, label, GIV_Mean=log, GIV_SE=se) for label, (log, se) in LOGS.items()]
    rows += [counts_row(7, label, COUNTS[label], subgroup=name) for name, labels in PARTS.items() for label in labels]
    rows += [counts_row(8, label, trial) for label, trial in [*COUNTS.items(), (LABELS[0], TRIALS[0])]]
    overall = [
        settings(number, pooled, columns=OVERALL_3, ratio=number != 5, **more)
        for number, (pooled, more) in EXPECTED.items()
    ]
    overall.append(settings(8, mantel_haenszel([*TRIALS, TRIALS[0]]), columns=OVERALL_3))
    parts = [
        {"Analysis group": 1, "Analysis number": 7, "Subgroup": name, "Subgroup number": index}
        | results(mantel_haenszel_random([COUNTS[label] for label in labels]))
        for index, (name, labels) in enumerate(PARTS.items(), start=1)
    ]
    return archive({
        "CD9-analysis-data/CD9-data-rows.csv": sheet(ROWS_2, rows),
        "CD9-analysis-data/CD9-overall-estimates-and-settings.csv": sheet(OVERALL_3, overall),
        "CD9-analysis-data/CD9-subgroup-estimates.csv": sheet(SUBGROUPS_2, parts),
    })  # fmt: skip


def agrees(pooled: Mapping[str, Any], expected: Pooled, tolerance: float, ratio: bool = True) -> None:
    back = math.exp if ratio else float
    shown = pooled["shown"]
    for name, value in (("estimate", expected.estimate), ("low", expected.low), ("high", expected.high)):
        assert shown[name] == pytest.approx(back(value), rel=tolerance), name
    if expected.tau2 or pooled["tau2"] is not None:  # a common effect has none
        assert pooled["tau2"] == pytest.approx(expected.tau2, rel=tolerance, abs=tolerance)
    assert pooled["q"] == pytest.approx(expected.q, rel=tolerance)


def test_a_package_becomes_a_review_that_gives_what_it_printed(empty: ReviewFolder) -> None:
    (empty.root / "package.zip").write_bytes(package())
    ran = empty.run("new", "mine.toml", "--from", "package.zip", "--title", "Drugs again")
    assert ran.code == 0
    assert ran.out.startswith("wrote mine.toml with 7 outcomes")
    assert "analysis 1.8 Outcome 8: Adler 1999 counted several times in it" in ran.err
    assert not (empty.root / "extractions").exists()
    assert empty.run("check", "mine.toml").code == 0
    ran = empty.run("update", "mine.toml")
    assert ran.code == 0, ran.err
    (record,) = empty.records("mine")
    outcomes = {item["id"]: item for item in record["outcomes"]}
    assert set(outcomes) == {f"analysis-1-{number}" for number in EXPECTED}
    for number, (expected, _) in EXPECTED.items():
        agrees(outcomes[f"analysis-1-{number}"]["pooled"], expected, SEARCHED if number == 5 else EXACT, number != 5)
    (division,) = outcomes["analysis-1-7"]["subgroups"]
    for group, labels in zip(division["groups"], PARTS.values(), strict=True):
        agrees(group[1], mantel_haenszel_random([COUNTS[label] for label in labels]), EXACT)


def test_a_revman_5_file_becomes_a_review_that_gives_what_it_printed(empty: ReviewFolder) -> None:
    rows = "".join(dichotomous(study_id(label), *trial) for label, trial in COUNTS.items())
    expected = mantel_haenszel_random(TRIALS)
    content = revman5(
        outcome("DICH", 1, "Death", rows, EFFECT_MEASURE="RR", RANDOM="YES", **printed(expected) | {}), more=NO_MORE
    )
    (empty.root / "old.rm5").write_bytes(content.replace(b'RANDOM="NO"', b""))
    ran = empty.run("new", "mine.toml", "--from", "old.rm5")
    assert (ran.code, ran.err) == (0, "")
    text = (empty.root / "mine.toml").read_text()
    assert 'title = "Drug against placebo for colds"' in text
    assert 'favours = ["Favours drug", "Favours placebo"]' in text
    assert empty.run("update", "mine.toml").code == 0
    agrees(empty.records("mine")[0]["outcomes"][0]["pooled"], expected, EXACT)


def test_a_package_of_single_arms_becomes_a_review_that_gives_the_same(empty: ReviewFolder) -> None:
    """Proportions as logits, with a cell without anybody, and survival on the log-log scale, both by formulas."""
    arms = [(12, 40), (0, 17), (30, 55), (9, 61)]
    cells = [(x, n - x) if 0 < x < n else (x + 0.5, n - x + 0.5) for x, n in arms]
    logits = [(math.log(x / rest), 1 / x + 1 / rest) for x, rest in cells]
    log_logs = [(-0.42, 0.05), (0.31, 0.02), (-0.11, 0.11), (0.08, 0.04)]
    rows = [
        data_row(number, label, GIV_Mean=y, GIV_SE=math.sqrt(v), Experimental_N=n)
        for number, effects in ((1, logits), (2, log_logs))
        for label, (y, v), (_, n) in zip(LABELS[:4], effects, arms, strict=True)
    ]
    # That of RevMan is from tau² under REML, and the one of the formulas from Q.
    without_i2 = {"Heterogeneity I²": ""}
    shared = REML | without_i2 | {"Data type": "Contrast level", "Log-scale data": "false", "Control group label": ""}
    names = ("Proportion (logit scale)", "Survival probability (log-log scale)")
    fits = (reml(logits), reml(log_logs))
    overall = [
        settings(number, pooled, columns=OVERALL_3, ratio=False, **shared, **{"Effect measure": name})
        for number, (name, pooled) in enumerate(zip(names, fits, strict=True), start=1)
    ]
    files = {"7-data-rows.csv": sheet(ROWS_2, rows), "7-overall-estimates-and-settings.csv": sheet(OVERALL_3, overall)}
    (empty.root / "7.zip").write_bytes(archive(files))
    assert empty.run("new", "mine.toml", "--from", "7.zip").code == 0
    ran = empty.run("update", "mine.toml")
    assert ran.code == 0, ran.err
    assert "left out" not in ran.err
    assert "As published: 2 of 2 results agree with ours" in ran.out
    for pooled, expected in zip(empty.records("mine")[0]["outcomes"], fits, strict=True):
        found = pooled["pooled"]
        assert found["k"] == len(arms)
        for name, value in (("estimate", expected.estimate), ("ci_low", expected.low), ("ci_high", expected.high)):
            assert found[name] == pytest.approx(value, rel=SEARCHED), name
        assert found["tau2"] == pytest.approx(expected.tau2, rel=SEARCHED)


def test_the_folder_of_the_manifest_may_be_new(empty: ReviewFolder) -> None:
    (empty.root / "package.zip").write_bytes(package())
    ran = empty.run("new", "reviews/colds/mine.toml", "--from", "package.zip")
    assert ran.code == 0, ran.err
    assert 'path = "../../package.zip"' in (empty.root / "reviews/colds/mine.toml").read_text()
    ran = empty.run("update", "reviews/colds/mine.toml")
    assert ran.code == 0, ran.err


def test_a_file_that_no_source_knows_starts_nothing(empty: ReviewFolder) -> None:
    (empty.root / "prices.csv").write_text("item,price\napple,2\n")
    ran = empty.run("new", "mine.toml", "--from", "prices.csv")
    assert ran.code == 2
    assert "no source knows how to start a review from it (asked: revman)" in ran.err
    assert not (empty.root / "mine.toml").exists()


@pytest.mark.parametrize(("name", "said"), [("gone.zip", "no such file"), ("old.mtv", "RevMan 4")])
def test_a_file_that_cannot_be_read_starts_nothing(empty: ReviewFolder, name: str, said: str) -> None:
    (empty.root / "old.mtv").write_bytes(b"METAVIEW:Old\r\n")
    ran = empty.run("new", "mine.toml", "--from", name)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not (empty.root / "mine.toml").exists()


def test_rows_without_settings_are_no_outcomes(empty: ReviewFolder) -> None:
    rows = sheet(ROWS_2, [counts_row(1, label, trial) for label, trial in COUNTS.items()])
    (empty.root / "7-data-rows.csv").write_bytes(rows)
    ran = empty.run("new", "mine.toml", "--from", "7-data-rows.csv")
    assert ran.code == 2
    assert "the files do not say how it was pooled" in ran.err


def test_names_of_a_file_stay_text_in_the_manifest(empty: ReviewFolder) -> None:
    """A name that looks like TOML, or breaks a line, is a name."""
    nasty = 'End"\\n]\n[[sources]] plugin = "x" # \u2028 Ω'
    rows = [counts_row(1, label, trial, subgroup=nasty) for label, trial in COUNTS.items()]
    more = {"Analysis name": nasty, "Experimental group label": nasty}
    overall = [settings(1, mantel_haenszel(TRIALS), columns=OVERALL_3, **more)]
    files = {"7-data-rows.csv": sheet(ROWS_2, rows), "7-overall-estimates-and-settings.csv": sheet(OVERALL_3, overall)}
    (empty.root / "7.zip").write_bytes(archive(files))
    assert empty.run("new", "mine.toml", "--from", "7.zip").code == 0
    ran = empty.run("update", "mine.toml")
    assert ran.code == 0, ran.err
    agrees(empty.records("mine")[0]["outcomes"][0]["pooled"], mantel_haenszel(TRIALS), EXACT)


def test_rows_that_a_new_version_of_the_file_no_longer_has_are_told(empty: ReviewFolder) -> None:
    def written(labels: list[str]) -> None:
        rows = sheet(ROWS_2, [counts_row(1, label, COUNTS[label]) for label in labels])
        overall = sheet(OVERALL_3, [settings(1, mantel_haenszel(TRIALS), columns=OVERALL_3)])
        files = {"a/7-data-rows.csv": rows, "a/7-overall-estimates-and-settings.csv": overall}
        (empty.root / "7.zip").write_bytes(archive(files))

    written(LABELS)
    empty.run("new", "mine.toml", "--from", "7.zip")
    assert empty.run("update", "mine.toml").code == 0
    written(LABELS[1:])
    ran = empty.run("update", "mine.toml")
    assert "7.zip, a/7-data-rows.csv, results: 2 rows of the store no longer stand in it" in ran.err
