"""Two arms of counts: odds ratio, risk ratio, risk difference, Peto odds ratio, arcsine difference.

Cells a, b are people with and without the event in the experimental arm, c, d in the control arm. A study without
events in either arm says nothing about a ratio and is set aside unless ``drop00 = false`` (Cochrane Handbook 10.4.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from livereview import Array, EffectMeasure, Mask, RowsNeeded, StudyEffects
from livereview_measures.findings import Findings, columns, quiet, reasons
from livereview_measures.transforms import exponential
from livereview_measures.zero_cells import OF_ALL, ZeroCells, check_counts, correction, note_correction

DROP00 = "Set aside studies with no events in either arm, or with events in everybody: they carry no information."
ROWS = RowsNeeded(layout="two-arms", measures=("count",), columns=("events", "n"))
SWEETING = "Sweeting, Sutton and Lambert 2004, Stat Med 23:1351, doi:10.1002/sim.1761"
BRADBURN = "Bradburn et al. 2007, Stat Med 26:53, doi:10.1002/sim.2528"
YUSUF = "Yusuf et al. 1985, Prog Cardiovasc Dis 27:335, doi:10.1016/S0033-0620(85)80003-7"
RUECKER = "Rücker et al. 2009, Stat Med 28:721, doi:10.1002/sim.3511"
HANDBOOK = "Deeks, Higgins and Altman, Cochrane Handbook, chapter 10"

NO_CORRECTION = {"no-events-are-noted": "O - E has a value where one arm has no events, so that nothing is done to it"}


class RatioOfOdds(ZeroCells):
    """Options of OR."""

    drop00: bool = Field(default=True, description=DROP00)


class RatioOfRisks(ZeroCells):
    """Options of RR."""

    drop00: bool = Field(default=True, description="Set aside studies with no events in either arm.")
    all_events: Literal["ratio-1", "corrected", "set-aside"] = Field(
        default="ratio-1",
        description="A study in which everybody in both arms had the event: a ratio of exactly 1 with the variance of"
        " the corrected cells (RevMan, meta), both from corrected cells (metafor), or set aside (metafor with drop00).",
    )


class DifferenceOfRisks(ZeroCells):
    """Options of RD."""

    drop00: bool = Field(
        default=False,
        description="Set aside studies with no events in either arm, or with events in everybody; a risk difference of"
        " 0 can be estimated from them, so they stay by default.",
    )
    correct_estimate: bool = Field(
        default=False,
        description="Use corrected cells for the difference too (metafor), not only for its variance (RevMan, meta).",
    )
    variance: Literal["wald", "unbiased"] = Field(
        default="wald", description="p(1-p) divided by n (wald; metafor's LS) or by n - 1 (unbiased; metafor's UB)."
    )


class Peto(ZeroCells):
    """Options of PETO."""

    to: Literal["only0", "all", "if0all", "none"] = Field(
        default="none", description="Which studies are corrected; Peto's method needs no correction."
    )
    drop00: bool = Field(default=True, description=DROP00)


class Arcsine(ZeroCells):
    """Options of AS."""

    add: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description="What is added to each cell; none is needed."
    )
    drop00: bool = Field(default=False, description=DROP00)


class Table(NamedTuple):
    """The four cells of each study."""

    a: Array
    b: Array
    c: Array
    d: Array

    @property
    def n1(self) -> Array:
        return self.a + self.b

    @property
    def n2(self) -> Array:
        return self.c + self.d

    def plus(self, added: Array) -> Table:
        """The table with something added to every cell."""
        return Table(*(cell + added for cell in self))

    def empty(self) -> tuple[tuple[Mask, str], ...]:
        """Which cells are empty, in words."""
        words = ("no events in the {} arm", "only events in the {} arm")
        arms = ("experimental", "experimental", "control", "control")
        return tuple((cell == 0, words[i % 2].format(arms[i])) for i, cell in enumerate(self))


def counts(data: Mapping[str, Array]) -> tuple[Findings, Table]:
    """The cells of each study, NaN for those refused because the counts cannot be."""
    events_1, n_1, events_2, n_2 = columns(data, "events_1", "n_1", "events_2", "n_2")
    found = Findings(events_1.shape)
    check_counts(found, events_1, n_1, " in the experimental arm")
    check_counts(found, events_2, n_2, " in the control arm")
    return found, Table(*found.kept(events_1, n_1 - events_1, events_2, n_2 - events_2))


def set_aside(found: Findings, raw: Table, of: str, *, no_events: bool, only_events: bool) -> Table:
    """The tables without the studies that are left out because both arms have no events, or only events."""
    empty = (raw.a == 0) & (raw.c == 0)
    full = (raw.b == 0) & (raw.d == 0)
    found.refuse(empty & no_events, f"set aside: no events in either arm, so no information on the {of}")
    found.refuse(full & only_events, f"set aside: only events in both arms, so no information on the {of}")
    return Table(*found.kept(*raw))


def corrected(found: Findings, raw: Table, options: ZeroCells, to_what: str = "all four cells") -> Table:
    """The tables with the zero-cell correction that the options ask for, noted by study."""
    added = correction(options, *raw)
    note_correction(found, options, added, to_what, *raw.empty())
    return raw.plus(added)


def why_not(raw: Table) -> Any:
    """Why an effect could not be computed: the empty cells, in words."""
    return reasons(*raw.empty(), otherwise="the variance is not a positive number")


@quiet
def log_odds_ratio(data: Mapping[str, Array], options: RatioOfOdds) -> StudyEffects:
    """ln(ad / bc), variance 1/a + 1/b + 1/c + 1/d (Fleiss and Berlin 2009)."""
    found, raw = counts(data)
    raw = set_aside(found, raw, "odds ratio", no_events=options.drop00, only_events=options.drop00)
    a, b, c, d = corrected(found, raw, options)
    effect = np.log((a / b) / (c / d))
    return found.result(effect, 1 / a + 1 / b + 1 / c + 1 / d, otherwise=why_not(raw))


@quiet
def log_risk_ratio(data: Mapping[str, Array], options: RatioOfRisks) -> StudyEffects:
    """ln((a/n1) / (c/n2)), variance 1/a - 1/n1 + 1/c - 1/n2 (Fleiss and Berlin 2009).

    The variance is computed as b/(a n1) + d/(c n2), the same without cancellation where nearly all have the event.
    """
    found, raw = counts(data)
    set_aside_full = options.all_events == "set-aside"
    raw = set_aside(found, raw, "risk ratio", no_events=options.drop00, only_events=set_aside_full)
    cells = corrected(found, raw, options)
    effect = np.log(cells.a / cells.n1) - np.log(cells.c / cells.n2)
    variance = cells.b / (cells.a * cells.n1) + cells.d / (cells.c * cells.n2)
    if options.all_events == "ratio-1":
        full = (raw.b == 0) & (raw.d == 0)
        found.note(full & (variance > 0), "risk ratio 1: only events in both arms; corrected cells give its variance")
        effect = np.where(full, 0.0, effect)
    return found.result(effect, variance, otherwise=why_not(raw))


@quiet
def risk_difference(data: Mapping[str, Array], options: DifferenceOfRisks) -> StudyEffects:
    """a/n1 - c/n2, variance p1(1-p1)/n1 + p2(1-p2)/n2; with ``variance = "unbiased"``, n - 1 in the denominators."""
    found, raw = counts(data)
    raw = set_aside(found, raw, "risk difference", no_events=options.drop00, only_events=options.drop00)
    target = "all four cells" if options.correct_estimate else "all four cells for the variance"
    cells = corrected(found, raw, options, target)
    shown = cells if options.correct_estimate else raw
    fewer = 1 if options.variance == "unbiased" else 0
    first = cells.a * cells.b / cells.n1**2 / (cells.n1 - fewer)
    second = cells.c * cells.d / cells.n2**2 / (cells.n2 - fewer)
    return found.result(shown.a / shown.n1 - shown.c / shown.n2, first + second, otherwise=why_not(raw))


@quiet
def peto_log_odds_ratio(data: Mapping[str, Array], options: Peto) -> StudyEffects:
    """(a - E)/V with E = n1(a+c)/N and V = n1 n2 (a+c)(b+d) / (N²(N-1)); variance 1/V. No number where V = 0.

    a - E is computed as (ad - bc)/N, the same without cancellation. Biased where arms are very unequal in size or the
    effect is large. Yusuf et al. 1985.
    """
    found, raw = counts(data)
    raw = set_aside(found, raw, "odds ratio", no_events=options.drop00, only_events=options.drop00)
    cells = corrected(found, raw, options)
    with_event, without, n = cells.a + cells.c, cells.b + cells.d, cells.n1 + cells.n2
    v = cells.n1 * cells.n2 * (with_event / n) * (without / n) / (n - 1)
    surplus = (cells.a * cells.d - cells.b * cells.c) / n
    return found.result(surplus / v, 1 / v, otherwise=why_not(raw))


@quiet
def arcsine_difference(data: Mapping[str, Array], options: Arcsine) -> StudyEffects:
    """asin sqrt(p1) - asin sqrt(p2), variance 1/(4 n1) + 1/(4 n2); needs no correction. Rücker et al. 2009."""
    found, raw = counts(data)
    raw = set_aside(found, raw, "arcsine difference", no_events=options.drop00, only_events=options.drop00)
    cells = corrected(found, raw, options)
    effect = np.arcsin(np.sqrt(cells.a / cells.n1)) - np.arcsin(np.sqrt(cells.c / cells.n2))
    return found.result(effect, 1 / (4 * cells.n1) + 1 / (4 * cells.n2))


MEASURES = (
    EffectMeasure(
        name="OR", title="Odds ratio", summary="Log odds ratio of two arms of counts.", options=RatioOfOdds,
        references=(SWEETING, BRADBURN, HANDBOOK), rows=lambda options: ROWS, effects=log_odds_ratio,
        back_transform=exponential, scale="log", display="ratio", null=0.0, aliases=("odds-ratio", "lnoratio"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="RR", title="Risk ratio", summary="Log risk ratio of two arms of counts.", options=RatioOfRisks,
        references=(SWEETING, BRADBURN, HANDBOOK), rows=lambda options: ROWS, effects=log_risk_ratio,
        back_transform=exponential, scale="log", display="ratio", null=0.0,
        aliases=("risk-ratio", "relative-risk", "lnrratio"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="RD", title="Risk difference", summary="Difference of two risks.", options=DifferenceOfRisks,
        references=(SWEETING, BRADBURN, HANDBOOK), rows=lambda options: ROWS, effects=risk_difference,
        null=0.0, aliases=("risk-difference", "rdiff"),
        expected_failures=OF_ALL,
    ),
    EffectMeasure(
        name="PETO", title="Peto odds ratio", summary="Log odds ratio by Peto's one-step method.", options=Peto,
        references=(YUSUF, BRADBURN), rows=lambda options: ROWS, effects=peto_log_odds_ratio,
        back_transform=exponential, scale="log", display="ratio", null=0.0, aliases=("peto-odds-ratio", "lnorpeto"),
        expected_failures={**OF_ALL, **NO_CORRECTION},
    ),
    EffectMeasure(
        name="AS", title="Arcsine difference", summary="Difference of arcsine square roots of two risks.",
        options=Arcsine, references=(RUECKER,), rows=lambda options: ROWS, effects=arcsine_difference,
        scale="arcsine", null=0.0, aliases=("ASD", "arcsine-difference"),
    ),
)  # fmt: skip
