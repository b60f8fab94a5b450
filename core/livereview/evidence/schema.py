"""The tables of the evidence store: columns, types, units, keys. Every other statement about them is read from here.

A column name has the same type in every table that has it, so that one file can hold rows of all tables. Times are
months, probabilities and proportions 0-1, confidence levels 0-1; a date may be a year, a month or a day ("2023",
"2023-11", "2023-11-04").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "id", "integer", "number", "partial-date", "p-value", "level", "choice", "yes-no"]

STATUSES = ("verified", "derived", "from-review", "reconstructed", "unverified")
POOLED_BY_DEFAULT = ("verified", "derived", "from-review")
RESULT_MEASURES = (
    "count", "proportion", "survival", "cumulative-incidence", "mean", "rate", "events", "time", "median-months",
    "HR", "OR", "RR", "RD", "IRR", "MD", "SMD", "RMST",
)  # fmt: skip
DIRECTIONS = ("lower", "higher")
REPORT_KINDS = ("primary", "follow-up", "abstract", "registry", "regulatory", "review", "preprint", "other")
REPORT_STATUSES = ("active", "corrected", "retracted")
SEARCH_KINDS = ("database", "register", "website", "organisation", "citation", "other")
STAGES = ("before-screening", "title-abstract", "retrieval", "full-text")
DECISIONS = ("include", "exclude", "unsure")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: what it holds, in which unit, and what a cell may be."""

    name: str
    kind: Kind = "text"
    about: str
    required: bool = False
    """A row without it is refused. A sheet may leave out an optional column altogether."""
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    refers_to: str | None = None
    """Table whose key the value must be found in."""
    ahead: bool = False
    """Whether a date may lie after the day on which it is recorded."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its columns, and the key under which a later row corrects or withdraws an earlier one."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


#: Columns that every table has besides its own: how a row is taken back.
WITHDRAWAL = (
    Column(name="withdrawn", kind="yes-no", about="yes takes the row of this key out of use; it stays in the store"),
    Column(name="withdrawn_reason", about="why the row was taken back; required where withdrawn is yes"),
)

_NOTE = Column(name="note", about="anything a reader of the number must know")
_STUDY = Column(name="study_id", kind="id", about="the study", required=True, refers_to="studies")
_ADJUDICATES = Column(
    name="adjudicates", kind="yes-no", about="yes settles what two people recorded differently under the same key"
)


def _table(name: str, about: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name=name, about=about, key=key, columns=(*columns, *WITHDRAWAL))


STUDIES = _table(
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
    _NOTE,
)  # fmt: skip

REPORTS = _table(
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
    _NOTE,
)  # fmt: skip

RESULTS = _table(
    "results", "one extracted number",
    (
        "study_id", "report_id", "outcome", "timepoint_months", "population", "arm", "comparator", "measure", "variant",
        "extractor",
    ),
    _STUDY,
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
    _ADJUDICATES,
    _NOTE,
)  # fmt: skip

APPRAISALS = _table(
    "appraisals", "one quality or risk-of-bias item of one study, or of one outcome of it",
    ("study_id", "instrument", "item", "outcome", "rater"),
    _STUDY,
    Column(name="instrument", about="e.g. RoB 2, NOS, MINORS", required=True),
    Column(name="item", about="domain or question", required=True),
    Column(name="outcome", kind="id", about="outcome code that is judged; empty = the study as a whole"),
    Column(name="score", about="judgement or points", required=True),
    Column(name="rater", kind="id", about="who judged, where two people do; empty = the team"),
    Column(name="rated_on", kind="partial-date", about="when it was judged"),
    _ADJUDICATES,
    Column(name="locator", about="where it stands, or who judged"),
    _NOTE,
)  # fmt: skip

CHARACTERISTICS = _table(
    "characteristics", "one further characteristic of one study, for filters, subgroups and moderators",
    ("study_id", "characteristic"),
    _STUDY,
    Column(name="characteristic", kind="id", about="its name, e.g. mean-blasts", required=True),
    Column(name="value", about="its value", required=True),
    Column(name="locator", about="where it stands"),
    _NOTE,
)  # fmt: skip

ONGOING = _table(
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
    _NOTE,
)  # fmt: skip

SEARCHES = _table(
    "searches", "one search of one source on one day", ("search_id",),
    Column(name="search_id", kind="id", about="e.g. pubmed-2026-03", required=True),
    Column(name="review", kind="id", about="id of the review it was made for; empty = every review of the store"),
    Column(name="source", about="what was searched, e.g. PubMed", required=True),
    Column(name="kind", kind="choice", about="what sort of source", required=True, choices=SEARCH_KINDS),
    Column(name="query", about="as it was sent"),
    Column(name="searched_on", kind="partial-date", about="when it was searched", required=True),
    Column(name="through", kind="partial-date", about="up to when it covers the source; empty = searched_on"),
    Column(name="hits", kind="integer", about="records that the source returned", minimum=0),
    Column(name="locator", about="where the search is documented"),
    _NOTE,
)  # fmt: skip

RECORDS = _table(
    "records", "one bibliographic record that a search found", ("record_id",),
    Column(name="record_id", kind="id", about="e.g. pmid:33651090; unique in the store", required=True),
    Column(name="search_id", kind="id", about="the search that found it first", required=True, refers_to="searches"),
    Column(name="title", about="as the source has it", required=True),
    Column(name="authors", about="separated by ;"),
    Column(name="year", kind="integer", about="of publication", minimum=1900, maximum=2100),
    Column(name="journal", about="journal or place of publication"),
    Column(name="doi", about="without https://doi.org/"),
    Column(name="pmid", about="PubMed number"),
    Column(name="registry_id", about="registry numbers, separated by ;"),
    Column(name="url", about="where it can be read"),
    Column(name="found_on", kind="partial-date", about="when it was found; empty = with its search"),
    Column(name="duplicate_of", kind="id", about="the record that it repeats", refers_to="records"),
    Column(name="report_id", kind="id", about="the report it became, once included", refers_to="reports"),
    _NOTE,
)  # fmt: skip

DECISIONS_TABLE = _table(
    "decisions", "what one person decided about one record for one review at one stage",
    ("record_id", "review", "stage", "person"),
    Column(name="record_id", kind="id", about="the record", required=True, refers_to="records"),
    Column(name="review", kind="id", about="id of the review", required=True),
    Column(name="stage", kind="choice", about="when in the selection", required=True, choices=STAGES),
    Column(name="person", about="who decided", required=True),
    Column(name="decision", kind="choice", about="what was decided", required=True, choices=DECISIONS),
    Column(name="reason", about="why; required for an exclusion at full text"),
    Column(name="decided_on", kind="partial-date", about="when"),
    _ADJUDICATES,
    _NOTE,
)  # fmt: skip

#: In the order in which references between them point backwards.
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        STUDIES, REPORTS, RESULTS, APPRAISALS, CHARACTERISTICS, ONGOING, SEARCHES, RECORDS, DECISIONS_TABLE,
    )
}  # fmt: skip
