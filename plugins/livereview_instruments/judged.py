"""Instruments of judgements, domain by domain: RoB 1 and 2 for randomised trials, ROBINS-I and -E for other studies.

All but RoB 1 judge one result, not a study, so each outcome of a study has judgements of its own. The overall
judgement is at least as severe as that of the worst domain; it may be more severe where several domains raise concerns.
RoB 1 judges a study, some domains for groups of outcomes, and has no overall judgement.
"""

from __future__ import annotations

from livereview import Instrument, InstrumentItem


def _domains(titles: tuple[str, ...], scores: tuple[str, ...]) -> tuple[InstrumentItem, ...]:
    return tuple(InstrumentItem(name=f"D{i}", title=title, scores=scores) for i, title in enumerate(titles, start=1))


_RISK_1 = ("Low risk", "Unclear risk", "High risk")


def _domain(name: str, bias: str = "", *, part: str = "", also: tuple[str, ...] = ()) -> InstrumentItem:
    return InstrumentItem(name=name, title=f"{name} ({bias})" if bias else name, scores=_RISK_1, part=part, also=also)


_TWO_BLINDINGS = "blinding of participants and of assessors"
ROB_1 = Instrument(
    name="rob-1",
    title="RoB 1",
    also=("RoB1", "Cochrane RoB 1", "Cochrane risk of bias tool"),
    summary="Cochrane's first tool for risk of bias in randomised trials: seven domains; six in its edition of 2008.",
    items=(
        _domain("Random sequence generation", "selection bias", also=("Adequate sequence generation?",)),
        _domain("Allocation concealment", "selection bias", also=("Allocation concealment?",)),
        _domain("Blinding of participants and personnel", "performance bias", part=_TWO_BLINDINGS),
        _domain("Blinding of outcome assessment", "detection bias", part=_TWO_BLINDINGS),
        _domain("Blinding", "performance bias and detection bias", part="blinding as one domain", also=("Blinding?",)),
        _domain("Incomplete outcome data", "attrition bias", also=("Incomplete outcome data addressed?",)),
        _domain("Selective reporting", "reporting bias", also=("Free of selective reporting?",)),
        _domain("Other bias", also=("Free of other bias?", "Other sources of bias")),
    ),
    grouped=True,
    references=("Higgins et al. 2011, BMJ 343:d5928, doi:10.1136/bmj.d5928",),
)

_RISK = ("Low", "Some concerns", "High")
ROB_2 = Instrument(
    name="rob-2",
    title="RoB 2",
    also=("RoB2", "Cochrane RoB 2"),
    summary="Revised Cochrane tool for risk of bias in randomised trials (parallel groups): five domains and overall.",
    items=_domains(
        (
            "Bias arising from the randomization process",
            "Bias due to deviations from intended interventions",
            "Bias due to missing outcome data",
            "Bias in measurement of the outcome",
            "Bias in selection of the reported result",
        ),
        _RISK,
    ),
    overall=InstrumentItem(name="Overall", title="Overall risk of bias", scores=_RISK),
    rule="worst",
    per_outcome=True,
    references=("Sterne et al. 2019, BMJ 366:l4898, doi:10.1136/bmj.l4898",),
)

_SEVERITY = ("Low", "Moderate", "Serious", "Critical")
ROBINS_I = Instrument(
    name="robins-i",
    title="ROBINS-I",
    also=("ROBINS I",),
    summary="Risk of bias in non-randomised studies of interventions: seven domains and overall.",
    items=_domains(
        (
            "Bias due to confounding",
            "Bias in selection of participants into the study",
            "Bias in classification of interventions",
            "Bias due to deviations from intended interventions",
            "Bias due to missing data",
            "Bias in measurement of outcomes",
            "Bias in selection of the reported result",
        ),
        _SEVERITY,
    ),
    overall=InstrumentItem(name="Overall", title="Overall risk of bias", scores=_SEVERITY),
    rule="worst",
    outside=("No information",),
    per_outcome=True,
    references=("Sterne et al. 2016, BMJ 355:i4919, doi:10.1136/bmj.i4919",),
)

_EXPOSURE_RISK = ("Low risk of bias", "Some concerns", "High risk of bias", "Very high risk of bias")
ROBINS_E = Instrument(
    name="robins-e",
    title="ROBINS-E",
    also=("ROBINS E",),
    summary="Risk of bias in non-randomised follow-up studies of exposures: seven domains and overall.",
    items=_domains(
        (
            "Bias due to confounding",
            "Bias arising from measurement of the exposure",
            "Bias in selection of participants into the study or the analysis",
            "Bias due to post-exposure interventions",
            "Bias due to missing data",
            "Bias arising from measurement of the outcome",
            "Bias in selection of the reported result",
        ),
        _EXPOSURE_RISK,
    ),
    overall=InstrumentItem(name="Overall", title="Overall risk of bias", scores=_EXPOSURE_RISK),
    rule="worst",
    per_outcome=True,
    references=("Higgins et al. 2024, Environ Int 186:108602, doi:10.1016/j.envint.2024.108602",),
)
"""What the paper calls low "except for concerns about uncontrolled confounding" is written as low."""
