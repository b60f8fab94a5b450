"""Wang 2026, blinatumomab combined with chemotherapy or a TKI: single-arm proportions.

DerSimonian and Laird on raw proportions, the standard error of a study from the width of its exact interval, limits cut
at 0 and 100 %. The counts were reconstructed from these very lines (README.md), so agreement shows the method; the
between-subgroup P and the bias tests were never used in the reconstruction.

Printed decimals: text and Figures 2 to 6 whole percent; Table III one decimal, except the limits for any adverse event,
which repeat those of Figure 6A; I² one decimal; P three decimals, of bias tests two.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from replication import (
    Result,
    bias,
    effects,
    inference,
    one_arm,
    pooled,
    printed,
    studies,
    table,
)

GROUPS = {row["study_id"]: row for row in table("wang_subgroups.csv")}
#: candidate-only rows need a study that does not exist, so the line they belong to counts as unsolved.
INPUTS = [row for row in table("inputs.csv", "wang-2026") if row["attribution"] != "candidate-only"]

#: Lines of one study: Figures 2C, 3C, 4C and two rows of Table III print its exact interval, others the symmetric one.
EXACT = {
    "cr <18",
    "mrd-negative <18",
    "cmr non-all-Ph+",
    "thrombocytopenia-grade3plus (Table III)",
    "neuropathy-grade3plus (Table III)",
}
#: What differs, printed against recomputed, as the printing errors they seem to be.
DIFFERENT = {
    # Interval asymmetric by 1.7 points: 3.5 for 5.3.
    "hyperglycemia-grade3plus (Table III)": {"lower limit": ("3.5", "5.3")},
    # Minus sign lost: the limit is -11.8, elsewhere printed as 0.0.
    "constipation-any (Table III)": {"lower limit": ("11.8", "0.0")},
    # 104/121 is 86.0 %; the printed percentages are those of 103/121.
    "ae-grade3plus (Table III)": {
        "estimate": ("85.0", "86.0"),
        "lower limit": ("78.0", "79.4"),
        "upper limit": ("92.0", "92.5"),
    },
}


@dataclass(frozen=True)
class Line:
    """One printed line, with the counts that belong to it."""

    row: dict[str, str]
    counts: tuple[tuple[int, int], ...]

    @property
    def id(self) -> str:
        part = " (Table III)" if self.in_table else f" {self.row['subgroup'] or 'all'}"
        return self.row["outcome"] + part

    @property
    def in_table(self) -> bool:
        return self.row["locator"].startswith("Table III")

    def decimals(self, column: str) -> int:
        whole = not self.in_table or (self.row["outcome"] == "ae-any" and column != "estimate")
        return 0 if whole else 1


def _lines() -> list[Line]:
    lines = []
    for row in table("published.csv", "wang-2026"):
        of_other_studies = row["subgroup_by"] in ("comparison", "discussion") or row["locator"].startswith("Discussion")
        if row["measure"] != "proportion" or of_other_studies or row["outcome"].startswith("os-"):
            continue
        members = [
            study
            for study in INPUTS
            if study["outcome"] == row["outcome"]
            and (not row["subgroup_by"] or GROUPS[study["study"]][row["subgroup_by"]] == row["subgroup"])
        ]
        if members:
            lines.append(Line(row=row, counts=tuple((int(study["events"]), int(study["n"])) for study in members)))
    return lines


LINES = _lines()


def recomputed(line: Line, variance: str = "exact-interval") -> Result:
    """The line by the project's plugins, in percent, limits cut at 0 and 100."""
    data = one_arm(line.counts)
    found = pooled("PR", data, variance=variance)
    low, high = found.low, found.high
    if line.id in EXACT:
        own = effects("PR", data, variance=variance)
        assert own.ci_low is not None
        assert own.ci_high is not None
        low, high = float(own.ci_low[0]), float(own.ci_high[0])
    return Result(
        k=found.k,
        estimate=100 * found.estimate,
        low=max(0.0, 100 * low),
        high=min(100.0, 100 * high),
        standard_error=100 * found.standard_error,
        i2=found.i2,
        q_p=found.q_p,
    )


def differences(line: Line, variance: str = "exact-interval") -> dict[str, tuple[str, str]]:
    """Each printed value that the recomputation does not give, with what it gives; empty = every digit agrees."""
    row, found = line.row, recomputed(line, variance)
    pairs: dict[str, tuple[str, str]] = {}
    for name, column, value in (
        ("estimate", "estimate", found.estimate),
        ("lower limit", "ci_low", found.low),
        ("upper limit", "ci_high", found.high),
    ):
        decimals = line.decimals(column)
        pairs[name] = (as_printed(100 * Decimal(row[column]), decimals), printed(value, decimals))
    if row["i2"]:
        pairs["I²"] = (as_printed(Decimal(row["i2"]), 1), printed(found.i2, 1))
    if row["q_p"] == "<0.001":
        pairs["P"] = ("<0.001", "<0.001" if found.q_p < 0.001 else printed(found.q_p, 3))
    elif row["q_p"]:
        pairs["P"] = (as_printed(Decimal(row["q_p"]), 3), printed(found.q_p, 3))
    if row["k"]:
        pairs["k"] = (row["k"], str(found.k))
    if row["n"]:
        events, n = np.array(line.counts).sum(axis=0)
        pairs["n/N"] = (f"{row['events']}/{row['n']}", f"{events}/{n}")
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def as_printed(value: Decimal, decimals: int) -> str:
    """A printed value with its trailing zeros; it must not have more decimals than it is said to have."""
    text = printed(str(value), decimals)
    assert Decimal(text) == value
    return text


def counts_of(outcome: str) -> list[tuple[int, int]]:
    return [(int(row["events"]), int(row["n"])) for row in INPUTS if row["outcome"] == outcome]


def test_all_solved_lines_are_here() -> None:
    # Results and Figures 2 to 4 and 6: CR 11, MRD 11, CMR 7, any AE 3; Table III: 33 of its 34 rows (CRS unsolved).
    assert len(LINES) == len({line.id for line in LINES}) == 65
    assert sum(line.in_table for line in LINES) == 33
    assert {line.id for line in LINES} >= EXACT | set(DIFFERENT)


@pytest.mark.parametrize("line", [line for line in LINES if line.id not in DIFFERENT], ids=lambda line: line.id)
def test_the_line_agrees_to_every_printed_digit(line: Line) -> None:
    assert differences(line) == {}, line.row["locator"]


@pytest.mark.parametrize("line", [line for line in LINES if line.id in DIFFERENT], ids=lambda line: line.id)
def test_a_printing_error_differs_as_described(line: Line) -> None:
    assert differences(line) == DIFFERENT[line.id]


def test_62_of_65_lines_agree() -> None:
    assert sum(differences(line) == {} for line in LINES) == 62


def test_the_lost_minus_sign_is_a_limit_below_zero() -> None:
    # Table III, constipation, all grades: 34.7 (11.8-81.3).
    found = pooled("PR", one_arm(counts_of("constipation-any")), variance="exact-interval")
    assert printed(100 * found.low, 1) == "-11.8"


def test_grade_3_adverse_events_are_those_of_103_patients() -> None:
    # Table III, all AEs, grade >=3: n/N 104/121, 85.0 (78.0-92.0); limits agree as whole percent.
    found = pooled("PR", one_arm([(103, 121)]), variance="exact-interval")
    assert [printed(100 * value, 0) for value in (found.estimate, found.low, found.high)] == ["85", "78", "92"]


def test_wald_variances_give_no_pooled_line() -> None:
    # Only the lines of one study with its exact interval, which no variance enters.
    assert {line.id for line in LINES if differences(line, variance="wald") == {}} == EXACT


def test_any_adverse_event_differs_between_partners_with_the_printed_p() -> None:
    # Results, Toxicities; Fig 6B: between-subgroup P 0.060, not used in the reconstruction.
    lines = {line.row["subgroup"]: line for line in LINES if line.row["outcome"] == "ae-any" and not line.in_table}
    groups = [
        pooled("PR", one_arm(lines[name].counts), variance="exact-interval")
        for name in ("plus-chemotherapy", "plus-TKI")
    ]
    _, df, p = inference.between(
        np.array([group.estimate for group in groups]), np.array([group.standard_error for group in groups])
    )
    assert int(df) == 1
    assert printed(float(p), 3) == "0.060"


@pytest.mark.parametrize("outcome", ["cr", "cmr", "ae-any"])
def test_bias_tests_agree_on_the_log_scale(outcome: str) -> None:
    # Results, CR (0.02, 0.05), CMR (0.36, 0.22), Toxicities (0.09, 0.06); not used in the reconstruction. Old Stata's
    # metabias took exact limits to the log scale, and prints Begg's P with continuity correction.
    (row,) = (row for row in table("published.csv", "wang-2026") if row["outcome"] == outcome and row["egger_p"])
    chosen = studies("PLN", one_arm(counts_of(outcome)), variance="exact-interval")
    assert printed(bias("egger", chosen).p_value, 2) == as_printed(Decimal(row["egger_p"]), 2)
    assert printed(bias("begg", chosen, p="normal-continuity").p_value, 2) == as_printed(Decimal(row["begg_p"]), 2)


def test_bias_tests_of_mrd_do_not_agree() -> None:
    # Results, MRD response: Egger 0.05, Begg 0.10; these counts give all eleven MRD lines. Begg's P would be 0.322
    # without the tie correction of the variance: two studies have 9/11.
    chosen = studies("PLN", one_arm(counts_of("mrd-negative")), variance="exact-interval")
    assert printed(bias("egger", chosen).p_value, 3) == "0.235"
    assert printed(bias("begg", chosen, p="normal-continuity").p_value, 3) == "0.315"
