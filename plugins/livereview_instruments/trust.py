"""Checklists of trustworthiness: can the data of a randomised trial be believed at all? They judge no risk of bias.

A study is judged as a whole, over all its reports. Titles are ours; the authors' own questions stand in their papers.
"""

from __future__ import annotations

from livereview import Instrument, InstrumentItem


def _domains(titles: tuple[str, ...], scores: tuple[str, ...]) -> tuple[InstrumentItem, ...]:
    return tuple(InstrumentItem(name=f"D{i}", title=title, scores=scores) for i, title in enumerate(titles, start=1))


_CONCERNS = ("No concerns", "Some concerns", "Serious concerns")
INSPECT_SR = Instrument(
    name="inspect-sr",
    title="INSPECT-SR",
    also=("INSPECT SR",),
    summary="Trustworthiness of randomised trials: four domains (21 checks) and overall; judged before risk of bias.",
    items=_domains(
        (
            "Notices after publication",
            "Conduct, governance and transparency",
            "Text and figures",
            "Results in the study",
        ),
        _CONCERNS,
    ),
    overall=InstrumentItem(name="Overall", title="Overall trustworthiness", scores=_CONCERNS),
    outside=("Not assessed",),
    judges="trust",
    references=("Wilkinson et al. 2025, medRxiv 2025.09.03.25334905, doi:10.1101/2025.09.03.25334905",),
)
"""The overall judgement is expected to be as severe as the worst domain, but no rule makes it so. Whoever stops at
serious concerns leaves the rest not assessed."""

_MAJOR = ("No concerns", "Some concerns", "Major concerns")
TRACT = Instrument(
    name="tract",
    title="TRACT",
    also=("TRACT checklist",),
    summary="Screening of randomised trials for trustworthiness: seven domains; each has the worst of its items.",
    items=_domains(
        (
            "Governance",
            "Author group",
            "Plausibility of the intervention's use",
            "Time frame",
            "Drop-out",
            "Baseline characteristics",
            "Outcomes",
        ),
        _MAJOR,
    ),
    outside=("No information",),
    judges="trust",
    references=("Mol et al. 2023, Res Integr Peer Rev 8:6, doi:10.1186/s41073-023-00130-8",),
)
"""The paper scores nineteen items; a sheet has the worst of each domain."""
