"""Every line of the four publications replicated as ``livereview replicate`` does it, against what was found by hand.

The verdicts are those of an audit of the publications made before the engine, in its own words: "match", "near; no",
"cannot be checked", "missing", ... A match is one to every printed digit. Places are those of the publications.
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from evidence_rows import real_manifest, real_tables
from livereview.plugins import installed
from livereview.replicated import ReplicatedLine, Replication
from livereview.replicating.replication import replication
from livereview.replication_words import recomputed_words

#: What the words of the audit are as a verdict.
WORDS = {
    "match": {"matches"},
    "match under a choice that is not stated": {"matches-otherwise"},
    "equal within rounding": {"matches-otherwise"},
    "no; a study is not known": {"cannot-be-checked"},
    "near; no": {"cannot-be-checked"},
    "no; counts missing": {"cannot-be-checked"},
    "no: studies missing": {"cannot-be-checked"},
    "missing": {"cannot-be-checked"},
    "cannot be checked": {"cannot-be-checked"},
    "cannot be tested": {"cannot-be-checked"},
    "contradiction": {"contradicts"},
}


@lru_cache
def found(name: str) -> Replication:
    result = replication(real_manifest(name), installed(), real_tables())
    assert result is not None
    return result


def lines(name: str, report: str) -> list[ReplicatedLine]:
    return [line for line in found(name).lines if line.report_id == report]


def line(name: str, report: str, title: str, locator: str = "") -> ReplicatedLine:
    (one,) = (
        item for item in lines(name, report) if item.title.startswith(title) and item.locator.startswith(locator)
        and item.part != "bias tests"
    )  # fmt: skip
    return one


#: Review, publication, line, place, word of the audit, what was recomputed (empty where the audit states nothing).
AUDIT = [
    # 1. Randomised trials.
    ("blina_rr", "da-silva-2025", "hsct", "Abstract", "match", "1.425 (1.098 to 1.849)"),
    ("blina_rr", "da-silva-2025", "mrd-negative", "Abstract", "match", "1.962 (1.395 to 2.760)"),
    ("blina_rr", "da-silva-2025", "dfs", "Abstract", "no; a study is not known", "0.593 (0.384 to 0.916), k 3"),
    ("blina_rr", "da-silva-2025", "os", "Abstract", "no; a study is not known", ""),
    ("blina_rr", "da-silva-2025", "cir", "Abstract", "cannot be checked", ""),
    ("blina_rr", "da-silva-2025", "patients", "Abstract", "no; a study is not known", "n 571"),
    ("blina_frontline", "frontline-abstract-2025", "patients", "Abstract", "match", "n 2,011"),
    ("blina_frontline", "frontline-abstract-2025", "ae-any", "Abstract", "match under a choice that is not stated",
     "0.995 (0.567 to 1.746), P 0.986"),
    ("blina_frontline", "frontline-abstract-2025", "dfs", "Abstract", "near; no",
     "0.637 (0.480 to 0.844), P 0.002, k 4"),
    ("blina_frontline", "frontline-abstract-2025", "os", "Abstract", "no; counts missing", "0.569 (0.428 to 0.754), "
     "P < 0.001, k 4"),
    ("blina_frontline", "frontline-abstract-2025", "mrd-negative", "Abstract", "no; counts missing",
     "1.962 (1.395 to 2.760), P < 0.001"),
    ("blina_rr", "chen-2023", "mrd-negative, rct", "3.3.4", "match",
     "4.708 (2.837 to 7.815), I² 0.0, P of Q 0.334, k 2"),
    ("blina_rr", "chen-2023", "hsct, rct", "3.3.5", "match", "3.242 (1.965 to 5.349), I² 0.0, P of Q 0.932, k 2"),
    ("blina_rr", "chen-2023", "relapse, rct", "3.4.2", "match", "0.687 (0.433 to 1.089), I² 86.6, P of Q 0.006, k 2"),
    ("blina_rr", "chen-2023", "ae-grade3plus, rct", "3.4.1", "near; no",
     "0.303 (0.165 to 0.556), I² 0.0, P of Q 0.889, k 2"),
    ("blina_rr", "chen-2023", "os, 12 months, rct", "3.3.2", "missing", ""),
    ("blina_rr", "chen-2023", "os, 24 months, rct", "3.3.2", "near; no",
     "1.946 (1.190 to 3.184), I² 0.0, P of Q 0.596, k 2"),
    ("blina_rr", "chen-2023", "os, all-time, rct", "3.3.2", "equal within rounding",
     "1.723 (1.237 to 2.401), P of Q 0.721"),
    ("blina_rr", "chen-2023", "efs, 12 months, rct", "3.3.3", "missing", ""),
    ("blina_rr", "chen-2023", "efs, 24 months, rct", "3.3.3", "missing", ""),
    ("blina_rr", "chen-2023", "efs, all-time, rct", "3.3.3", "equal within rounding",
     "2.158 (1.534 to 3.035), P of Q 0.431"),
    ("blina_rr", "chen-2023", "os, rct, rate", "Abstract", "cannot be checked", ""),
    # 3. Single arms.
    ("blina_rr", "chen-2023", "cr, single-arm, PR", "3.3.1; Abstract", "no: studies missing", ""),
    ("blina_rr", "chen-2023", "os, all-time, both", "3.3.2", "cannot be tested", ""),
    ("blina_rr", "chen-2023", "efs, all-time, both", "3.3.3", "cannot be tested", ""),
    ("blina_rr", "chen-2023", "mrd-negative, both", "3.3.4", "no: studies missing", ""),
    ("blina_rr", "chen-2023", "hsct, both", "3.3.5", "no: studies missing",
     "0.763 (0.660 to 0.866), I² 72.7, P of Q 0.006"),
    ("blina_rr", "chen-2023", "ae-grade3plus, both", "3.4.1", "no: studies missing", ""),
    ("blina_rr", "chen-2023", "relapse, both", "3.4.2", "no: studies missing", ""),
    ("blina_rr", "chen-2023", "crs-any", "3.4.1", "cannot be tested", "0.161"),
    ("blina_rr", "chen-2023", "death", "3.4.1", "cannot be tested", "0.240"),
    # 4. Contradictions inside Chen 2023.
    ("blina_rr", "chen-2023", "neutropenia-grade3plus", "3.4.1", "contradiction", "0.3390"),
    ("blina_rr", "chen-2023", "cr, single-arm, PR", "3.3.1 (text)", "contradiction", ""),
    ("blina_rr", "chen-2023", "cr, single-arm, marrow-blasts: >=50%", "3.3.1", "contradiction", ""),
    ("blina_rr", "chen-2023", "patients, both", "3.3.4", "contradiction", "n 652"),
    ("blina_rr", "chen-2023", "patients, single-arm", "3.3.1", "match", "n 336"),
    ("blina_rr", "chen-2023", "patients, rct", "3.3.2", "match", "n 316"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "report", "title", "locator", "word", "recomputed"), AUDIT)
def test_the_verdict_is_that_of_the_audit(
    name: str, report: str, title: str, locator: str, word: str, recomputed: str
) -> None:
    one = line(name, report, title, locator)
    assert one.verdict in WORDS[word], one.reasons
    assert not recomputed or recomputed_words(one) == recomputed


def test_every_line_of_the_reviews_of_relapse_is_in_the_audit_but_these() -> None:
    told = [(report, title, locator) for _, report, title, locator, _, _ in AUDIT]
    other = [
        item.title
        for report in ("da-silva-2025", "chen-2023")
        for item in lines("blina_rr", report)
        if item.part != "bias tests" and not any(
            (item.report_id, item.title[: len(title)], item.locator[: len(place)]) == (report, title, place)
            for report, title, place in told
        )
    ]  # fmt: skip
    assert other == ["efs, single-arm, PR", "cr, single-arm, marrow-blasts: <50%, ES (scale not stated)"]


def test_adverse_events_of_the_abstract_need_unlike_outcomes() -> None:
    # Abstract, Results: AE RR 1.00 (0.57-1.75), P .99.
    one = line("blina_frontline", "frontline-abstract-2025", "ae-any")
    assert one.recipe == "RR, DerSimonian-Laird about the Mantel-Haenszel estimate (RevMan 5)"
    assert [item.numbers for item in one.inputs] == ["77/102 v 88/97", "109/624 v 66/653", "31/54 v 42/51"]
    assert one.departures[-1] == "unlike outcomes pooled: ae-grade3plus, sepsis-grade3plus"
    assert any(text.startswith("an unverified number") for text in one.departures)
    assert (one.matched, one.tried > 1000) == (1, True)


def test_cycles_and_denominators_of_the_matches_are_told() -> None:
    chen, da_silva = line("blina_rr", "chen-2023", "mrd-negative, rct"), line("blina_rr", "da-silva-2025", "mrd")
    assert [item.numbers for item in chen.inputs] == ["69/105 v 33/103", "44/49 v 26/48"]
    assert [item.remarks for item in chen.inputs] == [("ITT", "mrd-negative-cycle2"), ("evaluable",)]
    assert [item.numbers for item in da_silva.inputs] == ["79/105 v 33/103", "44/49 v 26/48"]
    assert [item.remarks for item in da_silva.inputs] == [("ITT",), ("evaluable",)]


def test_the_counts_solved_for_chen_are_told_and_give_no_verdict() -> None:
    remission, relapse = (
        line("blina_rr", "chen-2023", "cr, single-arm, PR", "3.3.1; "),
        line("blina_rr", "chen-2023", "relapse, both"),
    )
    assert "cr-A" in " ".join(remission.reasons)
    assert "not unique" in " ".join(remission.reasons)
    assert "relapse-unique: raw proportions, inverse variance, common effect" in " ".join(relapse.reasons)


def test_all_of_aall1731_is_as_the_evidence_has_it() -> None:
    assert {item.verdict for item in lines("blina_frontline", "gupta-2025-aall1731")} == {"matches"}
    assert len(lines("blina_frontline", "gupta-2025-aall1731")) == 7


# --- Wang 2026 -------------------------------------------------------------------------------------------------


def wang(part: str = "pooled") -> list[ReplicatedLine]:
    return [item for item in lines("blina_combination", "wang-2026") if item.part == part]


def test_62_of_65_lines_are_given_and_57_of_them_by_one_recipe() -> None:
    solved = [item for item in wang() if item.solved and not item.locator.startswith("Discussion")]
    given = [item for item in solved if item.verdict.startswith("matches")]
    assert (len(solved), len(given)) == (65, 62)
    best = found("blina_combination").tallies[0]
    assert best.recipe == "raw proportions, standard errors from the width of exact intervals, DerSimonian-Laird"
    assert best.lines == 57
    # Five lines of one study print its exact interval: Figs 2C, 3C, 4C and two rows of Table III.
    exact = [item for item in given if item.recipe == "one study, its own exact interval"]
    assert [(item.outcome, item.verdict) for item in exact] == [
        ("cr", "matches"), ("mrd-negative", "matches"), ("cmr", "matches"),
        ("thrombocytopenia-grade3plus", "matches"), ("neuropathy-grade3plus", "matches"),
    ]  # fmt: skip
    others = [item for item in given if item not in exact]
    assert {item.departures for item in others} == {("standard errors from the width of exact intervals",)}


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        # Table III; 34.7 (11.8-81.3), 20.7 (3.5-36.2), 104/121 = 85.0 (78.0-92.0).
        ("constipation-any", "lost minus sign: lower limit −0.118 printed as 0.118"),
        ("hyperglycemia-grade3plus", "digits exchanged: lower limit 0.053 printed as 0.035"),
        ("ae-grade3plus", "percentage of another count: 103/121 gives it"),
    ],
)
def test_three_lines_contradict_with_what_likely_happened(outcome: str, says: str) -> None:
    (one,) = (item for item in wang() if item.outcome == outcome)
    assert one.verdict == "contradicts"
    assert any(text.startswith(says) for text in one.reasons)


def test_cytokine_release_needs_a_study_that_was_not_included() -> None:
    # Table III: 27/206, 11.2 (4.9-17.5), I² 28.5.
    (one,) = (item for item in wang() if item.outcome == "crs-any")
    assert one.verdict == "cannot-be-checked"
    assert "counts that would give it need a study that was not included" in one.reasons


def test_grade_3_cytokine_release_is_not_that_of_the_discussion() -> None:
    # Table III: 1.6 %; Discussion: 2.1 %.
    verdicts = [(item.locator[:10], item.verdict) for item in wang() if item.outcome == "crs-grade3plus"]
    assert verdicts == [("Table III,", "matches-otherwise"), ("Discussion", "contradicts"),
                        ("Discussion", "contradicts")]  # fmt: skip


def test_three_of_four_pairs_of_bias_tests_are_given_on_the_log_scale() -> None:
    # Results: CR 0.02, 0.05; MRD 0.05, 0.10; CMR 0.36, 0.22; any AE 0.09, 0.06.
    tests = {item.outcome: item for item in wang("bias tests")}
    scale = "log proportions, standard errors from the width of exact intervals"
    assert {name: item.verdict for name, item in tests.items()} == {
        "cr": "matches-otherwise", "mrd-negative": "contradicts", "cmr": "matches-otherwise",
        "ae-any": "matches-otherwise",
    }  # fmt: skip
    assert {item.recipe for item in tests.values()} == {f"{scale}, Begg: normal-continuity"}
    # Without the correction for ties of the variance Begg's P of MRD would be 0.322: two studies have 9/11.
    assert [round(number.recomputed or 0, 3) for number in tests["mrd-negative"].numbers] == [0.235, 0.315]


def test_any_adverse_event_differs_between_partners_with_the_printed_p() -> None:
    # Results, Toxicities; Fig 6B: 0.060, not used where the counts were solved.
    (between,) = (item for item in wang("comparison") if "between-subgroup" in item.title)
    assert between.verdict == "matches-otherwise"
    assert recomputed_words(between) == "P of Q 0.060"


def test_no_test_of_the_printed_counts_gives_a_p_of_table_v() -> None:
    compared = [item for item in wang("comparison") if "TOWER" in item.title]
    assert len(compared) == 12
    for item in compared:
        share, p = item.numbers
        assert (item.verdict, share.agrees, p.agrees) == ("contradicts", True, False)
    infection = next(item for item in compared if item.outcome == "infection-any")
    assert infection.numbers[1].recomputed == pytest.approx(0.019, abs=5e-4)  # chi², printed 0.95
