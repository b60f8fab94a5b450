"""The tables of the evidence store: columns, types, units, keys. Every other statement about them is read from here.

A column name has the same type in every table that has it, so that one file can hold rows of all tables. Times are
months, probabilities and proportions 0-1, confidence levels 0-1; a date may be a year, a month or a day ("2023",
"2023-11", "2023-11-04").
"""

from __future__ import annotations

from collections.abc import Mapping

from livereview.evidence.ledger import (
    ACCEPTANCES,
    DECISIONS_TABLE,
    FINDS,
    PAIRS,
    PROPOSALS,
    PUBLISHED,
    RECORDS,
    SEARCHES,
)
from livereview.evidence.pools import INCLUDED, INPUTS
from livereview.evidence.tables import (
    ADJUDICATES,
    DIRECTIONS,
    NOTE,
    POOLED_BY_DEFAULT,
    REPORT_KINDS,
    REPORT_STATUSES,
    RESULT_MEASURES,
    STATUSES,
    STUDY,
    WITHDRAWAL,
    Column,
    Kind,
    Table,
    table,
)

__all__ = [
    "ONGOING", "POOLED_BY_DEFAULT", "REPORTS", "REPORT_KINDS", "REPORT_STATUSES", "RESULTS", "STATUSES", "STUDIES",
    "TABLES", "WITHDRAWAL", "Column", "Kind", "Table",
]  # fmt: skip

STUDIES = table(
    "studies", "one trial or cohort", ("study_id",),
    Column(name="study_id", kind="id", about="short stable name, e.g. brown-2021", required=True),
    Column(name="label", about="as printed in tables and figures", required=True),
    Column(name="registry_id", about="registry numbers, separated by ;"),
    Column(name="design", about="e.g. rct, single-arm, prospective-cohort, retrospective-cohort"),
    Column(name="phase", about="trial phase"),
    Column(name="country", about="countries, separated by ;"),
    Column(name="setting", about="e.g. frontline, first-relapse, relapsed-refractory"),
    Column(name="population", about="e.g. adult, pediatric, mixed"),
    Column(name="ph_status", about="Philadelphia chromosome: positive, negative, mixed, not-reported"),
    Column(name="regimen", about="e.g. monotherapy, plus-chemotherapy, plus-tki"),
    Column(name="comparator", about="what the control arm received"),
    Column(name="n_total", kind="integer", about="patients in the study", minimum=0),
    Column(name="n_arm_experimental", kind="integer", about="patients in the experimental arm", minimum=0),
    Column(name="n_arm_control", kind="integer", about="patients in the control arm", minimum=0),
    Column(name="median_age", kind="number", about="years", minimum=0),
    Column(name="age_range", about="as printed"),
    Column(name="median_followup_months", kind="number", about="months", minimum=0),
    Column(name="year", kind="integer", about="of the primary report", minimum=1900, maximum=2100),
    NOTE,
)  # fmt: skip

REPORTS = table(
    "reports", "one publication, registry posting or abstract", ("report_id",),
    Column(name="report_id", kind="id", about="e.g. pmid:33651090, doi:..., nct:...", required=True),
    Column(name="study_id", kind="id", about="its study; empty for a report of several", refers_to="studies"),
    Column(name="pmid", about="PubMed number"),
    Column(name="doi", about="without https://doi.org/"),
    Column(name="journal", about="journal or place of publication"),
    Column(name="year", kind="integer", about="of publication", minimum=1900, maximum=2100),
    Column(name="published_on", kind="partial-date", about="when the world could know: year, month or day"),
    Column(name="kind", kind="choice", about="what sort of report", choices=REPORT_KINDS),
    Column(name="status", kind="choice", about="empty means active", choices=REPORT_STATUSES),
    Column(name="status_on", kind="partial-date", about="since when it is corrected or retracted"),
    Column(name="url", about="where it was read"),
    NOTE,
)  # fmt: skip

RESULTS = table(
    "results", "one extracted number",
    (
        "study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure", "variant",
        "extractor",
    ),
    STUDY,
    Column(name="report_id", kind="id", about="the report it was read in", required=True, refers_to="reports"),
    Column(name="outcome", kind="id", about="e.g. os, cr, mrd-negative, ae-grade3plus", required=True),
    Column(name="timepoint_months", kind="number", about="months; empty where none is stated", minimum=0),
    Column(name="population", about="ITT, safety, evaluable, subgroup:..."),
    Column(name="arm", about="the arm the number belongs to, or the experimental side of a contrast", required=True),
    Column(name="comparator", about="the arm it is compared with; for HR, OR, RD and other contrasts"),
    Column(name="measure", kind="choice", about="what kind of number it is", required=True, choices=RESULT_MEASURES),
    Column(name="events", kind="integer", about="people with the event; of a contrast, in both arms", minimum=0),
    Column(name="n", kind="integer", about="people at risk; of a contrast, in both arms", minimum=0),
    Column(name="estimate", kind="number", about="on the natural scale: ratio, proportion 0-1, difference, mean"),
    Column(name="ci_low", kind="number", about="lower confidence limit, scale of estimate"),
    Column(name="ci_high", kind="number", about="upper confidence limit, scale of estimate"),
    Column(name="ci_level", kind="level", about="confidence level, 0.95 or 95; stored 0-1; empty means 0.95"),
    Column(name="se", kind="number", about="standard error; for ratios of the log", minimum=0),
    Column(name="sd", kind="number", about="standard deviation, for means", minimum=0),
    Column(name="person_time", kind="number", about="time at risk, for rates", minimum=0),
    Column(
        name="at_risk", kind="integer", minimum=0,
        about="people still at risk at the timepoint, for survival and cumulative incidence: below the curve",
    ),
    Column(name="p_value", kind="p-value", about="0-1, or a bound such as <0.001"),
    Column(name="o_minus_e", kind="number", about="log-rank, for HR: observed minus expected events of the arm"),
    Column(name="o_minus_e_variance", kind="number", about="log-rank, for HR: variance (V) of o_minus_e", minimum=0),
    Column(
        name="direction", kind="choice", choices=DIRECTIONS,
        about="of an HR whose estimate is not printed: is the hazard of the arm lower or higher than the comparator's",
    ),
    Column(name="locator", about="table, figure or page where it stands", required=True),
    Column(name="status", kind="choice", about="how the number was obtained", required=True, choices=STATUSES),
    Column(name="variant", kind="id", about="tells apart two readings of one result; usually empty"),
    Column(name="extractor", kind="id", about="who read the number, where two people do; empty = the team"),
    ADJUDICATES,
    NOTE,
)  # fmt: skip

APPRAISALS = table(
    "appraisals", "one quality or risk-of-bias item of one study, or of one outcome of it",
    ("study_id", "instrument", "item", "outcome", "rater"),
    STUDY,
    Column(name="instrument", about="e.g. RoB 2, NOS, MINORS", required=True),
    Column(name="item", about="domain or question", required=True),
    Column(name="outcome", kind="id", about="outcome code that is judged; empty = the study as a whole"),
    Column(name="score", about="judgement or points", required=True),
    Column(name="rater", kind="id", about="who judged, where two people do; empty = the team"),
    Column(name="rated_on", kind="partial-date", about="when it was judged"),
    ADJUDICATES,
    Column(name="locator", about="where it stands, or who judged"),
    NOTE,
)  # fmt: skip

CHARACTERISTICS = table(
    "characteristics", "one further characteristic of one study, for filters, subgroups and moderators",
    ("study_id", "characteristic"),
    STUDY,
    Column(name="characteristic", kind="id", about="its name, e.g. mean-blasts", required=True),
    Column(name="value", about="its value", required=True),
    Column(name="locator", about="where it stands"),
    NOTE,
)  # fmt: skip

ONGOING = table(
    "ongoing", "one registered trial without results", ("registry_id",),
    Column(name="registry_id", kind="id", about="registry number", required=True),
    Column(name="study_id", kind="id", about="the study it became, once it has results", refers_to="studies"),
    Column(name="phase", about="trial phase"),
    Column(name="regimen", about="what is given"),
    Column(name="comparator", about="what the control arm receives; empty = one arm, or not stated"),
    Column(name="design", about="e.g. rct, single-arm"),
    Column(name="setting", about="e.g. frontline, first-relapse, relapsed-refractory"),
    Column(name="population", about="e.g. adult, pediatric, mixed"),
    Column(name="ph_status", about="Philadelphia chromosome: positive, negative, mixed, not-reported"),
    Column(name="target_enrollment", kind="integer", about="planned patients", minimum=0),
    Column(name="primary_endpoint", about="as registered"),
    Column(name="registered_on", kind="partial-date", about="when the world could know of it"),
    Column(name="expected_on", kind="partial-date", about="when results are expected", ahead=True),
    Column(name="recruitment", about="state of the trial, as registered"),
    Column(name="source", about="where the entry was seen", required=True),
    NOTE,
)  # fmt: skip

#: In the order in which references between them point backwards.
TABLES: Mapping[str, Table] = {
    each.name: each
    for each in (
        STUDIES, REPORTS, RESULTS, APPRAISALS, CHARACTERISTICS, ONGOING, SEARCHES, RECORDS, FINDS, PAIRS,
        DECISIONS_TABLE, PROPOSALS, ACCEPTANCES, PUBLISHED, INCLUDED, INPUTS,
    )
}  # fmt: skip
