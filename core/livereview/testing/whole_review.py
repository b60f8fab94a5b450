"""The made-up living review with every part that a report can have, small enough to be written many times."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from livereview import (
    AbsoluteEffect,
    AgreementLine,
    AuditChange,
    AuditPlace,
    Box,
    Certainty,
    Column,
    ComparedNumber,
    Disagreement,
    DomainJudgement,
    DoubleWork,
    DraftedCertainty,
    EarlierCertainty,
    Failure,
    Finding,
    Fired,
    FitTest,
    Flow,
    FlowRow,
    FlowVersion,
    Freshness,
    FurtherResult,
    JudgedDomain,
    Ongoing,
    PooledInput,
    PrintedNumber,
    ProposalCard,
    PublishedComparison,
    RecipeTally,
    Reconstruction,
    Reference,
    ReferenceCard,
    ReplicatedLine,
    Replication,
    Report,
    ReportChange,
    ReportingItem,
    Retraction,
    Search,
    SearchedSource,
    SensitivityResult,
    SummaryOfFindings,
    Table,
    Verdict,
)
from livereview.testing import builders
from livereview.testing.living_review import living_review

DAY = "2026-10-02"


def _further() -> FurtherResult:
    columns = (Column(name="Study", kind="text"), Column(name="RR", kind="effect"), Column(name="n", kind="count"))
    shown = Table(title="What was found", columns=columns, rows=(("A", (0.5, 0.25, 1.0), 12),), notes=("Below.",))
    return FurtherResult(name="look", title="A look", options="by = year", shown=(shown,), notes=("Read this.",))


def _references() -> tuple[ReferenceCard, ...]:
    reference = Reference(
        record_id="pmid:7", title="Title", authors=("One A", "Two B"), year=2020, journal="Journal", volume="1",
        issue="2", pages="3-4", doi="10.1000/x7", pmid="7", registry_ids=("NCT02101853",), url="https://a.example/",
        accession="A7",
    )  # fmt: skip
    found: dict[str, Any] = {"reference": reference, "reason": "wrong population", "source": "PubMed"}
    became: dict[str, Any] = {
        "report_id": "pmid:30000000",
        "study_id": "adams-2001-0",
        "study": "Adams 2001",
        "status": "corrected",
    }
    return (
        ReferenceCard(stands="excluded", stage="excluded at full text", **found),
        ReferenceCard(stands="excluded", stage="excluded", **found),
        ReferenceCard(stands="awaiting", stage="awaiting screening", **found),
        ReferenceCard(stands="included", stage="report", **found, **became),
    )


def _flow() -> Flow:
    version = FlowVersion(
        title=f"update 3 of {DAY}", databases=None, others=None, studies=(), pooled=(), reports=(),
        reports_without_record=0, not_eligible=Box(number=1, parts=(("other patients", 1),)),
    )  # fmt: skip
    row = FlowRow(column="The review", name="Studies", part=False, base=1, previous=2, this=3, added=1, removed=0)
    search = Search(search_id="s1", source="PubMed", kind="database", searched_on=DAY, through=DAY, hits=9, records=7,
                    query="blina*", locator="search.csv")  # fmt: skip
    return Flow(base=replace(version, title="update 1"), previous=version, this=replace(version, title="update 4"),
                rows=(row, replace(row, name="other patients", part=True)), searches=(search,),
                conflicts=("record 7",), doubts=("does not add up",))  # fmt: skip


def _double() -> DoubleWork:
    line = AgreementLine(table="appraisals", instrument="RoB 2", column="D1", people="anna, ben", kind="category",
                         compared=2, agreed=1, method="Cohen", note="few")  # fmt: skip
    cell = Disagreement(table="results", study_id="adams-2001-0", study_label="Adams 2001", report_id="pmid:30000000",
                        outcome="os", what="os, ITT", column="events", values=(("anna", "12"), ("ben", "21")),
                        state="adjudicated", settled=("carl", "12"), places=("a.csv, row 2",))  # fmt: skip
    return DoubleWork(rule="Nothing is pooled.", read_by_several=1, read_by_one=0, judged_by_several=1, lines=(line,),
                      disagreements=(cell,), doubts=("no pair",))  # fmt: skip


def _replication() -> Replication:
    number = PrintedNumber(name="estimate", printed="0.57", recomputed=0.61, agrees=False, note="cut")
    pooled = PooledInput(
        study="a", label="Study A", numbers="1/10 v 2/10", origin="pmid:1", remarks=("ITT",), solved=True
    )
    counts = Reconstruction(
        recipe="RR, DL", space="0 to 9 of A", tried=10, found=2, complete=True, solutions=("A 3/9",)
    )
    line = ReplicatedLine(report_id="pmid:1", locator="Figure 2", outcome="os", part="pooled", title="os, RR",
                          verdict="contradicts", numbers=(number,), recipe="RR, DL", departures=("another time",),
                          inputs=(pooled,), reasons=("no count of B",), tried=30, matched=0,
                          reconstruction=counts)  # fmt: skip
    tally = RecipeTally(report_id="pmid:1", recipe="RR, DL", lines=1, of=2)
    return Replication(lines=(line,), tallies=(tally,), citations={"pmid:1": "A paper 2020"})


def _findings(rated: Certainty) -> SummaryOfFindings:
    said = DomainJudgement(levels=-1, reason="few events", rule="fewer than 400", inputs=(("events", "12"),))
    domains = (JudgedDomain(name="imprecision", title="Imprecision", judgement=said),
               JudgedDomain(name="directness", title="Directness", judgement=replace(said, levels=None)))  # fmt: skip
    draft = DraftedCertainty(outcome_id="os-hr", start="high", start_reason="trials", level="moderate", domains=domains)
    absolute = AbsoluteEffect(baseline=0.4, source="control arms", risk=(0.3, 0.2, 0.4), notes=("rounded",))
    finding = Finding(outcome_id="os-hr", title="Death", absolute=(absolute,), event="death", time="24 months",
                      certainty=rated, draft=draft, footnotes=(1,), sentence="It may reduce death.",
                      previous=EarlierCertainty(level="low", signed=True, update="update 3"))  # fmt: skip
    return SummaryOfFindings(title="Drug for adults", findings=(finding, replace(finding, certainty=None)),
                             footnotes=("Few events.",), domains=("Imprecision: counts",),
                             references=("Author A.",))  # fmt: skip


@cache
def whole_review() -> Report:
    """Three studies, one outcome, every section."""
    report = living_review()
    studies = report.outcomes[0].studies[:3]
    varied = report.outcomes[0].sensitivity
    again = SensitivityResult(title="With the retracted report", choice="as if not retracted", studies=(),
                              pooled=builders.pooled(studies, "contrast"), kind="with-retracted")  # fmt: skip
    gone = Retraction(report_id="pmid:1", study_id="kappa-2019", label="Kappa 2019", citation="Lancet 2019", since=DAY,
                      reason="fraud", replaced=False)  # fmt: skip
    rated = Certainty(level="low", reasons=("bias",), signed_by="A. Person", signed_on=DAY)
    failure = Failure(section="bias tests", plugin="egger", provider="livereview 0.1.0", message="No variance.")
    made = builders.outcome(
        kind="contrast", studies=studies, divisions=1, id="os-hr", sensitivity=(*varied, again), retracted=(gone,),
        certainty=rated, further=(_further(), replace(_further(), refused="too few studies")), failures=(failure,),
        excluded=report.outcomes[0].excluded, cautions=("One study is unblinded.",), group="Survival",
        references=("Author A. A model. 2001. doi:10.1000/model",), bias=report.outcomes[0].bias, unit="days",
    )  # fmt: skip
    test = FitTest(name="Breslow-Day", statistic=4.1, statistic_name="chi²", df=2.0, p_value=0.127)
    made = replace(made, pooled=replace(made.pooled, tests=(test,), parameters={"filled in": 3.0}, notes=("Few.",)))
    fired = Fired(trigger="crosses-null", against=f"update 3 of {DAY}", reason="it crossed")
    verdict = Verdict(id="os-hr", title="Overall survival", kind="consequential", before="3", before_title="update 3",
                      since="1", since_title="update 1", triggers=("crosses-null",), fired=(fired,),
                      redefined=("measure",), notes=("A note.",))  # fmt: skip
    status = ReportChange(report_id="pmid:1", study_id="adams-2001-0", study_label="Adams 2001", citation="Lancet 2001",
                          before="active", after="corrected", since=DAY, reason="Table 2",
                          numbers=("8 became 7",))  # fmt: skip
    moved = replace(report.changes.outcomes[0], certainty_before="low", certainty_after="moderate",
                    studies_removed=("kappa-2019",))  # fmt: skip
    source = SearchedSource(name="PubMed", searched_on=DAY, through=DAY, integrated_through=DAY, awaiting=2, due_on=DAY)
    fresh = Freshness(published_on=DAY, sources=(source,), integrated_through=None, not_integrated="never searched",
                      status="retired", reason="settled", since=DAY, every_months=3, search_every_months=1,
                      due_on=DAY)  # fmt: skip
    number = ComparedNumber(name="estimate", published=0.57, ours=0.61, agrees=False)
    published = PublishedComparison(outcome_id="os-hr", group="children", report_id="pmid:1", locator="Figure 2",
                                    model="random", numbers=(number,))  # fmt: skip
    proposal = ProposalCard(proposal_id="0f", table="results", study_id="a", study="Study A", what="os, ITT",
                            proposed="71/116", accepted="70/116", unsettled=("arm",), locator="NCT1")  # fmt: skip
    place = AuditPlace(outcome_id="os-hr", key="eligibility.overlaps", words="eligibility.overlaps")
    found = builders.audited(1, studies[0], ("os-hr",), also=(place,))
    audit = builders.audit(
        found, replace(found, rank=2, severity="note"),
        replace(found, rank=3, acknowledged="printed so", acknowledged_by="A. Person"),
    )  # fmt: skip
    came = AuditChange(change="new", code="percentage-differs", severity="error", title="Differs", where="Adams 2001")
    cards = tuple(replace(card, outcomes=("os-hr",)) for card in report.studies[:3])
    trial = Ongoing(registry_id="NCT02744768", phase="II", regimen="New", target_enrollment=60, primary_endpoint="MRD",
                    source="review", comparator="old", design="rct", setting="all", expected_on="2027-03",
                    recruitment="recruiting", remark="not admitted")  # fmt: skip
    appraisal = builders.appraisal(cards[0], people=("anna",), dates=(DAY,), places=("Table 1",), doubts=("odd",),
                                   totals=(("total", "9"),), computed=8.0, disputed=("Overall",))  # fmt: skip
    return replace(
        report, outcomes=(made,), studies=cards, ongoing=(trial,), references=_references(), flow=_flow(),
        double=_double(), freshness=fresh, published=(published,), proposals=(proposal,), failures=(failure,),
        summary_of_findings=_findings(rated), replication=_replication(), audit=audit,
        instruments=(builders.instrument_card([appraisal], has_total=True),),
        reporting=(ReportingItem(number="L2", item="Changes", answer="None", section="changes"),
                   ReportingItem(number="4", item="Question", answer="")),
        changes=replace(report.changes, verdicts=(verdict,), reports=(status,), outcomes=(moved,), audit=(came,),
                        studies_removed=(("kappa-2019", "Kappa 2019"),)),
    )  # fmt: skip
