"""A made-up review of twelve studies as a fourth update finds it: every section has something to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from livereview import (
    BiasResult,
    Changes,
    Excluded,
    Failure,
    Interval,
    Ongoing,
    OutcomeChange,
    OutcomeResult,
    Provenance,
    RenderedFile,
    RenderRequest,
    Report,
    ReportCard,
    ReviewCard,
    RowChange,
    SensitivityResult,
    StudyResult,
)
from livereview.testing import builders

SURVIVAL, RESPONSE, SAFETY = "Survival", "Response", "Safety"


RETRACTED = ReportCard(
    report_id="doi:10.1000/abstract", citation="Blood (abstract) 2018", kind="abstract", published_on="2018-12",
    status="retracted", doi="10.1000/abstract", url=None, used=False,
)  # fmt: skip


def studies(k: int, kind: str, outcome: str, start: int = 0) -> list[StudyResult]:
    """Studies with sources that name the outcome; the third is derived and the fourth new."""
    made = []
    for i in range(start, start + k):
        status = "derived" if i == 2 else "reconstructed" if i == 5 else "verified"
        note = "events = n × (1 − Kaplan–Meier at 24 months)" if i == 2 else None
        row = builders.source_row(i, outcome=outcome, status=status, note=note, timepoint_months=24.0)
        rows: tuple[Any, ...] = (row,)
        if kind == "ratio":
            place = f"Table {i + 2}"
            other = replace(row, row_id=f"{i + 500:064x}", arm="chemotherapy", comparator=None, locator=place)
            rows = (replace(row, comparator=None), other)
        change = "new" if i == 3 else "changed" if i == 1 else ""
        made.append(builders.study(i, kind, rows=rows, change=change))
    return made


def survival() -> OutcomeResult:
    """Overall survival as hazard ratios: all analyses, twelve studies."""
    chosen = studies(12, "contrast", "os")
    strict = [study for study in chosen if study.rows[0].status in ("verified", "derived")]
    return builders.outcome(
        kind="contrast", studies=chosen, divisions=2, id="os-hr", title="Overall survival", group=SURVIVAL,
        cautions=("1 study rests on reconstructed rows.",),
        statuses={"verified": 10, "derived": 1, "reconstructed": 1},
        sensitivity=(
            SensitivityResult(
                title="Without reconstructed numbers", choice="statuses: verified, derived",
                pooled=builders.pooled(strict, "contrast"), studies=tuple(study.study_id for study in strict),
            ),
        ),
        bias=(
            builders.bias(p_value=0.0312, method="two-sided, t with k − 2 degrees of freedom"),
            BiasResult(name="begg", summary="Rank correlation.", refused="needs counts; the outcome has none"),
        ),
        excluded=(
            Excluded(
                study_id="kappa-2019", label="Kappa 2019", reason="timepoint: none stated, 24 months wanted",
                detail="os, HR 0.80 (0.60 to 1.07), Table 3",
            ),
        ),
        choices={
            "model": "random effects", "tau2": "DerSimonian-Laird", "interval": "normal", "level": "95%",
            "statuses": "verified, derived, from-review, reconstructed", "zero cells": "not relevant",
        },
    )  # fmt: skip


def outcomes() -> tuple[OutcomeResult, ...]:
    """Six outcomes: twelve, nine, two, one and no studies, and one whose model failed."""
    response = [*studies(8, "proportion", "cr")]
    zero = builders.study(
        8, "proportion", effect=float("nan"), variance=float("nan"), data={"events": 9.0, "n": 9.0},
        shown=Interval(estimate=float("nan"), low=float("nan"), high=float("nan")),
        notes=("9 of 9 had the event: no estimate without a continuity correction, which the manifest turned off",),
    )  # fmt: skip
    stay = builders.outcome(5, "difference", id="stay", title="Days in hospital", group=SAFETY)
    failure = Failure(
        section="pooling", plugin="glmm", provider="livereview 0.1.0",
        message="The likelihood has no maximum: every study has events in all patients.",
    )  # fmt: skip
    return (
        survival(),
        builders.outcome(kind="proportion", studies=[*response, zero], id="cr", title="Remission", group=RESPONSE),
        builders.outcome(studies=studies(2, "ratio", "mrd"), id="mrd", title="MRD negative", group=RESPONSE),
        builders.outcome(studies=studies(1, "ratio", "crs"), id="crs", title="CRS", group=SAFETY),
        builders.outcome(0, "ratio", id="icans", title="Neurotoxicity", group=SAFETY, leave_one_out=(), bias=()),
        stay,
        builders.outcome(
            kind="proportion", studies=[zero], id="death", title="Early death", group=SAFETY, failures=(failure,)
        ),
    )


def changes(made: tuple[OutcomeResult, ...]) -> Changes:
    """A new study, a correction and a withdrawal; one outcome moved, one stayed."""
    before = Interval(estimate=0.81, low=0.66, high=1.02)
    shown = made[0].pooled.shown
    new, second = made[0].studies[3], made[0].studies[1]
    still = made[5].pooled
    return Changes(
        first=False, previous="update 3 of 2026-10-02",
        studies_added=((new.study_id, new.label),),
        rows=(
            RowChange(change="added", table="results", study_id=new.study_id, study_label=new.label,
                      what="os, HR, 24 months, ITT", after="0.62 (0.39 to 0.98)"),
            RowChange(change="corrected", table="results", study_id=second.study_id, study_label=second.label,
                      what="mrd, count, cycle 1", before="33/103", after="31/103"),
            RowChange(change="withdrawn", table="results", study_id="kappa-2019", study_label="Kappa 2019",
                      what="os, HR", before="0.80 (0.60 to 1.07)"),
        ),
        outcomes=(
            OutcomeChange(id="os-hr", title="Overall survival", display="ratio", before=before, after=shown,
                          k_before=11, k_after=12, studies_added=(new.study_id,)),
            OutcomeChange(id="stay", title="Days in hospital", display="difference", before=still.shown,
                          after=still.shown, k_before=5, k_after=5),
        ),
        other=("livereview 0.0.9 → 0.1.0",),
    )  # fmt: skip


def living_review(**fields: Any) -> Report:
    """The whole review."""
    made = outcomes()
    plain = builders.report(made)
    cards = [
        replace(
            card,
            characteristics={
                "design": "rct" if i % 3 else "single-arm", "phase": "3", "country": "France; Italy",
                "registry_id": f"NCT0{2000000 + i}", "setting": "relapsed-refractory", "population": "adult",
                "ph_status": "negative", "regimen": "monotherapy", "n_total": 120 + 17 * i,
                "median_age": 37.5 + i, "median_followup_months": None if i == 4 else 11.7 + i,
                "year": 2001 + i, "mean-blasts": f"{60 + i}%", "note": "Two cohorts of one centre." if i == 2 else None,
            },
            reports=(
                *card.reports,
                *((RETRACTED,) if i == 1 else ()),
            ),
        )
        for i, card in enumerate(plain.studies)
    ]  # fmt: skip
    kept: dict[str, Any] = {
        "review": ReviewCard(
            id="new-drug-rr", title="New drug for relapsed or refractory disease",
            question={"population": "Adults with relapsed or refractory disease", "intervention": "New drug",
                      "comparator": "Chemotherapy", "outcomes": "Survival, response, harms"},
            registration="PROSPERO CRD42020000000", people=(("A. Person", "lead"), ("B. Person", "statistician")),
            notes=("The search is repeated monthly.",),
            eligibility=("setting is relapsed-refractory or first-relapse", "at least 5 participants"),
        ),
        "provenance": Provenance(
            snapshot="3f9ac2d1" * 8, batches=7, evidence_hash="b1" * 32, evidence_through="2026-11-18T09:30:00Z",
            manifest="new_drug_rr.toml", manifest_hash="c2" * 32,
            versions={"scipy": "1.16.0", "livereview": "0.1.0", "numpy": "2.3.0", "Python": "3.11.9"},
            sources=("sheets: extractions/trials.xlsx, 12 studies",), update=4,
        ),
        "changes": changes(made), "outcomes": made, "studies": tuple(cards),
        "other_reports": (
            ReportCard(report_id="pmid:36703737", citation="Frontiers in Pharmacology 2023", kind="review",
                       published_on="2023-01-10", status="active", doi="10.3389/fphar.2022.1032664",
                       url="https://frontiersin.org/articles/10.3389/fphar.2022.1032664/full", used=False),
        ),
        "excluded": (Excluded(study_id="lambda-2018", label="Lambda 2018", reason="setting: frontline"),),
        "unused": (Excluded(study_id="mu-2020", label="Mu 2020", reason="no row of any outcome"),),
        "ongoing": (
            Ongoing(registry_id="NCT02744768", phase="II", regimen="New drug + dasatinib", target_enrollment=60,
                    primary_endpoint="MRD", source="A review, Table IV"),
        ),
        "warnings": ("Source sheets: 2 rows without a publication date are treated as known.",),
    }  # fmt: skip
    return replace(plain, **(kept | fields))


def asset(path: str, kind: str, outcome: str | None = "os-hr", **fields: Any) -> RenderedFile:
    """A file that an earlier stage made."""
    return RenderedFile(path=path, content=b"", kind=kind, outcome=outcome, **fields)


def request(report: Report | None = None, assets: tuple[RenderedFile, ...] | None = None) -> RenderRequest:
    """What the renderer gets: the review, with a forest plot, a funnel plot and their data unless told otherwise."""
    made = (
        asset("figures/os-hr-funnel.png", "funnel", title="Funnel plot", alt="Funnel plot of 12 studies."),
        asset("figures/os-hr-forest.png", "forest", title="Forest plot", alt="Hazard ratios of 12 studies."),
        asset("figures/os-hr-forest.csv", "data"),
        asset("figures/os-hr-leave-one-out.png", "leave-one-out", title="Leave-one-out", alt="Leave-one-out."),
        asset("figures/risk-of-bias.png", "risk-of-bias", None, title="Risk of bias", alt="Judgements by study."),
    )
    chosen = living_review() if report is None else report
    return RenderRequest(report=chosen, assets=made if assets is None else assets)
