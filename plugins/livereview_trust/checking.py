"""The audit check ``trust``: what is known against the reports and studies that numbers come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from livereview import (
    AuditCheck,
    AuditCode,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    EvidenceRow,
    InstrumentCard,
    Options,
)
from livereview_trust.judging import Concern, concern_of

RETRACTED = AuditCode(code="retracted-report", severity="warning", title="A report was retracted")
CORRECTED = AuditCode(code="corrected-report", severity="warning", title="A report was corrected")
SERIOUS = AuditCode(code="serious-trust-concerns", severity="warning", title="Serious concerns about trustworthiness")
SOME = AuditCode(code="some-trust-concerns", severity="note", title="Some concerns about trustworthiness")
UNJUDGED = AuditCode(code="trust-not-appraised", severity="note", title="Trustworthiness was not appraised")
_OF: Mapping[Concern, AuditCode] = {"serious": SERIOUS, "some": SOME}


class TrustOptions(Options):
    """Which studies should be appraised."""

    randomised: tuple[str, ...] = Field(
        default=("rct",),
        description="values of the column design that are randomised trials; these should be appraised.",
    )


def findings(request: AuditRequest, options: TrustOptions) -> Iterator[AuditFinding]:
    """Reports retracted or corrected, studies whose appraisal raises concerns, trials that nobody appraised."""
    yield from _reports(request)
    pooled = _pooled(request)
    cards = [card for card in request.instruments if card.judges == "trust"]
    yield from _concerns(cards, pooled)
    yield from _unjudged(request, cards, pooled, options)


def _reports(request: AuditRequest) -> Iterator[AuditFinding]:
    read = {row["report_id"] for row in request.rows("results")}
    for row in request.rows("reports"):
        if row["report_id"] in read and row["status"] in ("retracted", "corrected"):
            yield _notice(row)


def _notice(row: EvidenceRow) -> AuditFinding:
    since = f" on {row['status_on']}" if row["status_on"] else ", date not recorded"
    reason = f": {row['note']}" if row["note"] else ""
    retracted = row["status"] == "retracted"
    remedy = "Hold each number that was read in it against the correction."
    if retracted:
        remedy = "Main analyses leave it out. Read the notice, and look for another report of the study."
    return AuditFinding(
        code=RETRACTED.code if retracted else CORRECTED.code,
        message=f"{row['report_id']} was {row['status']}{since}{reason}; results were read in it",
        remedy=remedy,
        place=AuditPlace(table="reports", row_id=row["row_id"], columns=("status",), study_id=row["study_id"] or ""),
    )


def _pooled(request: AuditRequest) -> dict[str, list[str]]:
    """Ids of the outcomes that pool each study, by its id."""
    found: dict[str, list[str]] = {}
    for outcome in request.outcomes:
        for study in outcome.result.studies:
            found.setdefault(study.study_id, []).append(outcome.result.id)
    return found


def _concerns(cards: list[InstrumentCard], pooled: Mapping[str, list[str]]) -> Iterator[AuditFinding]:
    for instrument in cards:
        for card in instrument.cards:
            judged = concern_of(instrument, card)
            if judged is None or judged.concern == "none" or card.study_id not in pooled:
                continue
            where = ", ".join(pooled[card.study_id])
            code = _OF[judged.concern]
            remedy = "See whether conclusions hold without it."
            if code is SERIOUS:
                remedy = "Exclude the study under [eligibility] with the reason, or name it under [audit] flagged."
            yield AuditFinding(
                code=code.code,
                message=f"{instrument.title}: {judged.item} is {judged.score}; the study is pooled in {where}",
                remedy=remedy,
                place=AuditPlace(table="appraisals", study_id=card.study_id),
            )


def _unjudged(
    request: AuditRequest, cards: list[InstrumentCard], pooled: Mapping[str, list[str]], options: TrustOptions
) -> Iterator[AuditFinding]:
    """The randomised trials that are pooled and that no checklist of trustworthiness was filled in for, all in one."""
    judged = {card.study_id for instrument in cards for card in instrument.cards}
    trials = sorted(
        row["study_id"]
        for row in request.rows("studies")
        if row["study_id"] in pooled and row["design"] in options.randomised
    )
    missing = [name for name in trials if name not in judged]
    if missing:
        yield AuditFinding(
            code=UNJUDGED.code,
            message=f"of {len(trials)} pooled randomised trials {len(missing)} have no appraisal of trustworthiness: "
            + ", ".join(missing),
            remedy="Appraise them with INSPECT-SR or TRACT, in the table appraisals.",
            place=AuditPlace(table="appraisals", key="appraisal"),
        )


TRUST = AuditCheck(
    name="trust",
    title="Trust",
    summary="Reports retracted or corrected, studies whose trustworthiness is in doubt or was not appraised.",
    codes=(RETRACTED, CORRECTED, SERIOUS, SOME, UNJUDGED),
    find=findings,
    options=TrustOptions,
    family="trust",
    references=(
        "Wilkinson et al. 2025, medRxiv, doi:10.1101/2025.09.03.25334905",
        "Mol et al. 2023, Res Integr Peer Rev 8:6, doi:10.1186/s41073-023-00130-8",
    ),
)
