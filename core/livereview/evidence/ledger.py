"""Tables of what was found and not yet accepted: searches, their records, decisions, proposals, published results."""

from __future__ import annotations

from livereview.evidence.tables import (
    ACCEPTANCE,
    ADJUDICATES,
    DECISIONS,
    NOTE,
    PAIR_VERDICTS,
    PROPOSED_TABLES,
    REPORT_KINDS,
    SEARCH_KINDS,
    STAGES,
    Column,
    table,
)

SEARCHES = table(
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
    NOTE,
)  # fmt: skip

RECORDS = table(
    "records", "one bibliographic record that a search found", ("record_id",),
    Column(name="record_id", kind="id", about="e.g. pmid:33651090; unique in the store", required=True),
    Column(name="search_id", kind="id", about="the search that found it first", required=True, refers_to="searches"),
    Column(name="title", about="as the source has it", required=True),
    Column(name="authors", about="separated by ;"),
    Column(name="year", kind="integer", about="of publication", minimum=1600, maximum=2100),
    Column(name="journal", about="journal or place of publication"),
    Column(name="volume", about="as the source has it"),
    Column(name="issue", about="as the source has it"),
    Column(name="pages", about="as the source has it"),
    Column(name="doi", about="without https://doi.org/"),
    Column(name="pmid", about="PubMed number"),
    Column(name="registry_id", about="registry numbers, separated by ;"),
    Column(name="url", about="where it can be read"),
    Column(name="abstract", about="as the source has it; lines may break"),
    Column(name="published_on", kind="partial-date", about="year, month or day"),
    Column(name="kind", kind="choice", about="what sort of report", choices=REPORT_KINDS),
    Column(name="accession", about="number in the source, where it is none of the above"),
    Column(name="found_on", kind="partial-date", about="when it was found; empty = with its search"),
    Column(name="duplicate_of", kind="id", about="the record that it repeats", refers_to="records"),
    Column(name="duplicate_reason", about="by what it was found to repeat it, or who said so"),
    Column(name="report_id", kind="id", about="the report it became, once included", refers_to="reports"),
    NOTE,
)  # fmt: skip

FINDS = table(
    "finds", "a search that found a record which another search had found before", ("record_id", "search_id"),
    Column(name="record_id", kind="id", about="the record", required=True, refers_to="records"),
    Column(name="search_id", kind="id", about="the later search", required=True, refers_to="searches"),
)  # fmt: skip

PAIRS = table(
    "pairs", "what one person said of two records that look alike", ("record_id", "other_id"),
    Column(name="record_id", kind="id", about="the one, first in the alphabet", required=True, refers_to="records"),
    Column(name="other_id", kind="id", about="the other", required=True, refers_to="records"),
    Column(
        name="verdict", kind="choice", about="are they the same publication", required=True, choices=PAIR_VERDICTS
    ),
    Column(name="person", about="who said so", required=True),
    Column(name="decided_on", kind="partial-date", about="when"),
    NOTE,
)  # fmt: skip

DECISIONS_TABLE = table(
    "decisions", "what one person decided about one record for one review at one stage",
    ("record_id", "review", "stage", "person"),
    Column(name="record_id", kind="id", about="the record", required=True, refers_to="records"),
    Column(name="review", kind="id", about="id of the review", required=True),
    Column(name="stage", kind="choice", about="when in the selection", required=True, choices=STAGES),
    Column(name="person", about="who decided", required=True),
    Column(name="decision", kind="choice", about="what was decided", required=True, choices=DECISIONS),
    Column(name="reason", about="why; required for an exclusion at full text"),
    Column(name="decided_on", kind="partial-date", about="when"),
    ADJUDICATES,
    NOTE,
)  # fmt: skip

PROPOSALS = table(
    "proposals", "one row that a source proposes and no person has accepted by proposing it", ("proposal_id", "review"),
    Column(name="proposal_id", kind="id", about="identity of the row that is proposed", required=True),
    Column(name="review", kind="id", about="id of the review whose source proposes it", required=True),
    Column(name="for_table", kind="choice", about="the table it is for", required=True, choices=PROPOSED_TABLES),
    Column(name="study_id", kind="id", about="the study it is of; it need not be in the store"),
    Column(name="content", about="its columns and values, as JSON", required=True),
    Column(name="unsettled", about="columns that a person must set first, separated by ;"),
    Column(name="locator", about="document and path in it", required=True),
    NOTE,
)  # fmt: skip

ACCEPTANCES = table(
    "acceptances", "what a person decided about one proposal", ("proposal_id",),
    Column(name="proposal_id", kind="id", about="the proposal", required=True, refers_to="proposals"),
    Column(name="decision", kind="choice", about="what was decided", required=True, choices=ACCEPTANCE),
    Column(name="person", about="who decided", required=True),
    Column(name="decided_on", kind="partial-date", about="when"),
    Column(name="accepted_row", kind="id", about="identity of the row that entered, which a person may have changed"),
    Column(name="reason", about="why; required where it is declined"),
)  # fmt: skip

PUBLISHED = table(
    "published", "one pooled result that a meta-analysis printed",
    (
        "report_id", "outcome", "timepoint_months", "design_group", "subgroup_by", "subgroup", "measure", "model",
        "locator",
    ),
    Column(name="report_id", kind="id", about="the meta-analysis", required=True, refers_to="reports"),
    Column(name="outcome", kind="id", about="outcome code; of an imported file its analysis", required=True),
    Column(name="title", about="of the outcome or analysis, as printed"),
    Column(name="timepoint_months", kind="number", about="months; empty where none is stated", minimum=0),
    Column(name="design_group", about="which designs it pools, e.g. rct"),
    Column(name="subgroup_by", about="what the subgroups differ in"),
    Column(name="subgroup", about="the subgroup; empty = all studies"),
    Column(name="measure", about="code of the effect measure", required=True),
    Column(name="model", about="how it was pooled, e.g. common-effect mantel-haenszel, random-effects DL"),
    Column(name="k", kind="integer", about="studies pooled", minimum=0),
    Column(name="events", kind="integer", about="people with the event, all studies and arms", minimum=0),
    Column(name="n", kind="integer", about="people, all studies and arms", minimum=0),
    Column(name="estimate", kind="number", about="on the natural scale: ratio, proportion 0-1, difference, mean"),
    Column(name="ci_low", kind="number", about="lower confidence limit, scale of estimate"),
    Column(name="ci_high", kind="number", about="upper confidence limit, scale of estimate"),
    Column(name="ci_level", kind="level", about="confidence level; empty means 0.95"),
    Column(name="prediction_low", kind="number", about="lower prediction limit, scale of estimate"),
    Column(name="prediction_high", kind="number", about="upper prediction limit, scale of estimate"),
    Column(name="statistic", kind="number", about="Z or t of the test of no effect"),
    Column(name="p_value", kind="p-value", about="of no effect"),
    Column(name="tau2", kind="number", about="between-study variance", minimum=0),
    Column(name="q", kind="number", about="Cochran's Q", minimum=0),
    Column(name="df", kind="number", about="degrees of freedom of Q", minimum=0),
    Column(name="q_p", kind="p-value", about="of Q"),
    Column(name="i2", kind="number", about="percent"),
    Column(name="egger_p", kind="p-value", about="of Egger's test"),
    Column(name="begg_p", kind="p-value", about="of Begg's test"),
    Column(name="locator", about="table, figure, page or row where it stands", required=True),
    NOTE,
)  # fmt: skip
