"""Instruments of judgements, domain by domain: RoB 2 for randomised trials, ROBINS-I for non-randomised studies.

Both judge one result, not a study, so each outcome of a study has judgements of its own. The overall judgement is at
least as severe as that of the worst domain; it may be more severe where several domains raise concerns.
"""

from __future__ import annotations

from livereview import Instrument, InstrumentItem


def _domains(titles: tuple[str, ...], scores: tuple[str, ...]) -> tuple[InstrumentItem, ...]:
    return tuple(InstrumentItem(name=f"D{i}", title=title, scores=scores) for i, title in enumerate(titles, start=1))


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
