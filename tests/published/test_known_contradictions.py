"""What people found when they went through the published reviews, and what finds it here.

The table has every contradiction of that reading, in its order. Each one that can be computed from numbers that are
recorded names the finding that must be there. The others say why not: the number is in no table, or it is about words.
``Elsewhere`` names a check or a command whose own tests hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pytest

import audit_requests as ar
import evidence_rows as ev
from livereview import AuditFinding, AuditRequest
from livereview_comparability import DUPLICATES, SAME_PATIENTS
from livereview_conduct import METHOD
from livereview_printed import PRINTED_POOLS
from printed_lines import real_lines


@dataclass(frozen=True)
class Found:
    """A finding with this code whose message has all of these words."""

    code: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """Found by another check, or by the replication of published values, whose tests hold it."""

    by: str


@dataclass(frozen=True)
class Not:
    """Not computable, and why."""

    why: str


IN_WORDS = Not("about words, not numbers")

KNOWN: dict[str, Found | Elsewhere | Not] = {
    # --- Wang 2026: values that do not match -------------------------------------------------------------------
    "constipation 34.7 (11.8-81.3): a minus sign was lost": Found(
        "pool-not-centred", ("constipation-any", "with -0.118 in place of 0.118, a minus sign lost")
    ),
    "hyperglycaemia grade >=3 20.7 (3.5-36.2): 3.5 for 5.3": Found(
        "pool-not-centred", ("hyperglycemia-grade3plus", "with 0.053 in place of 0.035, two digits exchanged")
    ),
    "all adverse events grade >=3: 104/121 printed as 85.0 %": Found(
        "pool-percentage", ("104/121 is 85.95%, printed as 85.0%", "103/121 would be")
    ),
    "Egger and Begg for MRD cannot be reproduced": Elsewhere("livereview replicate"),
    "Table V: P of 0.35 to 0.99 cannot come from the counts": Found(
        "pool-two-by-two",
        (
            "8 of 12 P values", "hyperglycemia-any P 0.35", "hepatotox-any P 0.7", "neurotox-any P 0.45",
            "neutropenia-any P 0.87", "constipation-any P 0.75", "ae-any P 0.45",
        ),
    ),
    "Table V: TOWER infections 91 are of grade >=3": Found(
        "pool-compared-unlike", ("infection-any", "91/267 stands for any grade")
    ),
    "Table V: TOWER neurologic events 25 are of grade >=3": Found(
        "pool-compared-unlike", ("neurotox-any", "25/267 stands for any grade")
    ),
    "Table V: TOWER liver enzymes 34 are of grade >=3": Found(
        "pool-compared-unlike", ("hepatotox-any", "34/267 stands for any grade")
    ),
    "Table V: TOWER neutropenia 53 is below its 101 of grade >=3": Found(
        "pool-compared-unlike", ("53/267 with any grade is below the 101/267",)
    ),
    "Table V: TOWER liver toxicity and constipation are both 34": Found("pool-count-twice", ("34/267", "constipation")),
    "Table V: TOWER sepsis 13 equals its CRS of grade >=3": Not(
        "twelve printed counts and twenty of the trial's own meet by chance more often than not"
    ),
    # --- da Silva 2025 -----------------------------------------------------------------------------------------
    "'standard-risk' in Methods, high, intermediate and low risk in fact": IN_WORDS,
    "four trials with 703 patients; three with 571 fit": Found(
        "pool-people", ("703 people in 4 studies", "208 (brown-2021) + 255 (hogan-2023) + 108 (locatelli-2021) = 571")
    ),
    "eligibility for transplant in Methods, referral in Results, transplants in the data": IN_WORDS,
    "DFS and OS intervals cannot come from three trials": Elsewhere("livereview replicate"),
    # --- frontline abstract 2025 -------------------------------------------------------------------------------
    "relapsed disease is concluded on; 1440 of 2011 were newly diagnosed": IN_WORDS,
    "'paediatric', while two trials enrol to age 30": IN_WORDS,
    "DFS is called recurrence": IN_WORDS,
    "MRD not significant, although both trials seen are strongly positive": Elsewhere("livereview replicate"),
    "adverse events: any of grade >=3 pooled with sepsis of grade >=3": Elsewhere("livereview replicate"),
    # --- Chen 2023 ---------------------------------------------------------------------------------------------
    "OS in trials: 0.12 (0.05-0.19) in the abstract, OR 1.73 in the text": Found(
        "pool-scale-unstated", ("os, rct", "rate (as printed) 0.12 (0.05 to 0.19)", "OR 1.73")
    ),
    "CR 0.56 (0.45-0.68) in the abstract, (0.54-0.68) in the text": Found(
        "pool-printed-twice", ("0.56 (0.45 to 0.68)", "0.56 (0.54 to 0.68)", "3.3.1; Abstract is centred")
    ),
    "CR (0.54-0.68) is not centred on 0.56": Found(
        "pool-not-centred", ("0.56 (0.54 to 0.68)", "0.45 in place of 0.54")
    ),
    "EFS 0.30 (0.20-0.40) in the abstract, 0.31 (0.21-0.41) in the text": Found(
        "pool-printed-twice", ("efs", "0.31 (0.21 to 0.41)", "0.3 (0.2 to 0.4)")
    ),
    "MRD in 692 patients; 652 were enrolled": Found("pool-people", ("692 people", "316 and 336, together 652")),
    "proportions are called odds ratios": IN_WORDS,
    "model rule broken: relapse by fixed effect at I² 86.6": Found("pool-common-effect", ("relapse", "86.6%")),
    "deaths in trials 8 % and 21.6 %": Not("the two percentages are in no table: where they are printed is not noted"),
    "neutropenia 23 % and 47.2 % add unlike events of two trials": Not(
        "the percentages are in no table, and their counts were recalled, not seen"
    ),
    "100/295 printed as 33.8 %: cut off": Found("pool-percentage", ("100/295 is 33.90%", "cut off, not rounded")),
    "70/148 printed as 47.2 %: cut off": Not("the percentage is in no table"),
    "blasts >=50 %: -0.64 (-1.21 to 0.08), off its centre, negative, without a scale": Found(
        "pool-scale-unstated", ("-0.64 (-1.21 to 0.08)", "no proportion", "not centred")
    ),
    "blasts <50 %: 0.61 (-0.14 to 1.37) is no proportion": Found(
        "pool-scale-unstated", ("0.61 (-0.14 to 1.37)", "no proportion")
    ),
    "adults excluded, Brown included": Not("what a published review excludes is in no table"),
    "HSCT: 303 patients in all studies, and in single-arm studies": Not("303 is in a note, not in a column"),
    "dose 5-28 in the text, up to 45 in Table 1": Not("doses are in no table"),
    "years of two studies differ between text and table": IN_WORDS,
    "Brown's age is that at first diagnosis": Not("the printed age is in a note; the study has none"),
    "odds ratios are called rates; a rate cannot exceed 1": IN_WORDS,
    "an interval without an estimate in the Discussion": Not("a line without an estimate is not recorded"),
    "single-arm in the abstract, arms of trials in the text": IN_WORDS,
    "deaths and pyrexia among neurological events": IN_WORDS,
    "a lower risk of recurrence is concluded from 0.69 (0.43-1.09)": IN_WORDS,
    "all-time OS pools 1 and 2 years of the same patients": Found(
        "pool-same-patients", ("os, all-time", "12 months OR 1.51", "24 months OR 1.97")
    ),
    "all-time EFS pools 1 and 2 years of the same patients": Found(
        "pool-same-patients", ("efs, all-time", "12 months OR 1.84", "24 months OR 2.63")
    ),
    "Egger's test for MRD of two trials": Found("pool-bias-test", ("mrd-negative, rct", "Egger of 2 studies")),
    "patients in remission could not achieve CR": IN_WORDS,
    "two reports out before the search date are absent": Not("when a published review searched is in no table"),
    "Schlegel 2014 and Queudeville 2021 are one centre": Found(
        "same-patients", ("queudeville-2021 and schlegel-2014", "same centre as Schlegel 2014")
    ),
    "loss to follow-up below 20 % in place of MINORS' 5 %": IN_WORDS,
    "RIALTO is listed as Italy": Not("the printed country is in a note; the study has 'international'"),
    # --- Gupta 2025 --------------------------------------------------------------------------------------------
    "a 3-year mean of 1606 days exceeds 3 years": Not("the means are in no table: a secondary summary has them"),
    # --- Wang 2026, other contradictions -----------------------------------------------------------------------
    "AALL1331 OS quoted as 79.4 and 59.2 %, printed as 71.3 and 58.4 %": Not("the quoted pair is in no table"),
    "a randomised trial is scored by NOS as a cohort": Found(
        "instrument-against-design", ("NOS", "AALL1331 low risk (Hogan 2023) (rct)")
    ),
    "CRS of grade >=3: 1.6 % and 2.1 %": Found("pool-printed-twice", ("crs-grade3plus", "0.016", "0.021")),
    "E1910's 85 % is cited to an abstract on older patients": IN_WORDS,
    "Table II: two totals print 16, their items add to 14": Elsewhere("scores"),
    "safety column adds to 389; no outcome uses all 402": Not("the sizes of Table I are in no table"),
    "one study with different denominators": Found(
        "pool-denominators",
        ("jabbour-2023-minihcvd with 31", "with 80", "kantarjian-2023 with 43", "with 110", "gibson-2024 with 5",
         "assi-2017 with 9", "foa-2020 with 29", "hogan-2023 with 120", "with 127"),
    ),
    "116 of 190 patients of two trials were treated before blinatumomab was added": Elsewhere("livereview replicate"),
    "febrile neutropenia holds 22/60, which is infection of grade 3-4": Found(
        "pool-other-outcome", ("22/60 of jabbour-2023-ponatinib for febrile-neutropenia", "infection-grade3plus 22/60")
    ),
    "that study is missing from infection": Found(
        "pool-study-left-out", ("infection-grade3plus", "jabbour-2023-ponatinib 22/60")
    ),
    "thrombocytopenia of grade >=3 rests on 3/17 although a trial has 62/80": Found(
        "pool-study-left-out", ("thrombocytopenia-grade3plus", "3/17", "jabbour-2023-minihcvd 62/80")
    ),
    "neurotoxicity leaves out Couturier's 8/26": Found("pool-study-left-out", ("neurotox-any", "couturier-2021 8/26")),
    "CR of the ponatinib trial counts patients in remission at entry": IN_WORDS,
    "D-ALBA enters MRD and CMR with 29 of 63": Found("pool-denominators", ("foa-2020 with 29 (cmr, mrd-negative)",)),
    "settings of five studies are mislabelled": IN_WORDS,
    "MRD with chemotherapy is two studies, below 18 years one": Elsewhere("livereview replicate"),
    "abstracts are excluded, and one is included": IN_WORDS,
    "two studies are of one programme, with one registry number": Found(
        "same-patients", ("jabbour-2023-minihcvd and kantarjian-2023", "NCT01371630")
    ),
    "89 % called consistent with 35.6 %": IN_WORDS,
    "three studies read as one survival curve": IN_WORDS,
    "results of one trial cited to another": IN_WORDS,
    # --- between sources ---------------------------------------------------------------------------------------
    "AALL1331 HR/IR: 107 and 109 in a re-analysis, 105 and 103 in the paper": Found(
        "arm-size-differs", ("brown-2021", "105 and 103", "107 against 109")
    ),
    "AALL1331 LR: 127 and 129, 127 and 128 in the paper": Found("arm-size-differs", ("hogan-2023", "127 against 129")),
    "20120215: 54 and 57, 54 and 54 in the paper": Found("arm-size-differs", ("locatelli-2021", "54 against 57")),
    "hazard ratios printed inverted": Not("they are recorded the right way round, and their notes say so"),
    "E1910 below 55: 66 and 66, while 112 - 46 = 66 and 112 - 47 = 65": Not("the four numbers are in a note"),
    "TOWER's responders over 267 with rates over 271": Not("the other denominator is in notes"),
    "Beneduce: 19 of 46 is 41.3 %, the summary prints 34.8 %": Elsewhere("counts"),
    "Queudeville: 8 of 78 is 10.3 %, printed as 15 %": Elsewhere("counts"),
    "Hogan: abstract and paper": Found("reports-disagree", ("hogan-2023", "0.482", "0.495")),
    "E1910: hazard ratios of paper and agency": Found("reports-disagree", ("litzow-2024-e1910", "0.42", "0.41")),
    "D-ALBA: 6, then 9 relapses": Found("reports-disagree", ("foa-2020", "6/63", "9/63")),
    "ponatinib trial: 44/52, then 63/76": Found("reports-disagree", ("jabbour-2023-ponatinib", "44/52", "63/76")),
}  # fmt: skip


@lru_cache
def findings() -> tuple[AuditFinding, ...]:
    """What the checks find in all that is recorded, where nothing is declared."""
    every = {**ev.real_tables(), "published": real_lines()}
    request = AuditRequest(tables=every)
    checks = (PRINTED_POOLS, DUPLICATES, SAME_PATIENTS, METHOD)
    return tuple(found for check in checks for found in check.find(request, check.options()))  # type: ignore[misc]


@pytest.mark.parametrize("known", KNOWN)
def test_what_people_found_is_found(known: str) -> None:
    how = KNOWN[known]
    if isinstance(how, Found):
        told = [one.message for one in findings() if one.code == how.code]
        assert any(all(words in message for words in how.words) for message in told), told


def test_what_is_not_found_says_why() -> None:
    assert all(how.why for how in KNOWN.values() if isinstance(how, Not))
    kinds = [type(how) for how in KNOWN.values()]
    assert (kinds.count(Found), kinds.count(Elsewhere)) == (39, 9)


def test_nothing_else_is_an_error_and_warnings_are_those_that_people_know() -> None:
    severities = {code.code: code.severity for check in (PRINTED_POOLS, DUPLICATES, METHOD) for code in check.codes}
    printed = [one for one in findings() if one.code.startswith("pool-")]
    loud = [one for one in printed if (one.severity or severities[one.code]) != "note"]
    wanted = [how for how in KNOWN.values() if isinstance(how, Found)]
    for one in loud:
        known = any(how.code == one.code and all(words in one.message for words in how.words) for how in wanted)
        assert known or one.message.startswith(tuple(BESIDES)), one.message


#: True, and in nobody's list.
BESIDES = (
    "wang-2026, by the counts that its printed results need, has 23/26 of couturier-2021 for mrd-negative",
    "wang-2026, hepatotox-grade3plus",
)


def test_the_real_review_without_declarations_has_the_pairs_of_its_notes() -> None:
    rr = ar.real_request("blina_rr")
    bare = AuditRequest(tables=rr.tables, outcomes=rr.outcomes)
    told = [one.message for one in SAME_PATIENTS.find(bare, SAME_PATIENTS.options())]  # type: ignore[union-attr]
    assert any("queudeville-2021 and schlegel-2014" in message for message in told)
