"""Heterogeneity and tests in the words of each layout; the numbers are those of the report, printed alike."""

from __future__ import annotations

import math

from livereview import OutcomeResult, Pooled, SubgroupResult
from livereview.printing import MISSING, i2, p_phrase, tau2
from livereview_figures.drawing.text import NO_BREAK, chi2_phrase, fixed, heterogeneity, known, statistic_phrase
from livereview_figures.forest.styles import Style


def heterogeneity_words(style: Style, pooled: Pooled, basis: str) -> str:
    """Tau², Chi² and I² of a fit, as far as it has them; empty where it has none."""
    if style.name in ("livereview", "revman"):
        words = heterogeneity(pooled, basis)
        return f"Heterogeneity: {words}" if words else ""
    parts = [*_tau2(pooled), *_chi2(style, pooled), *_i2(pooled, basis)]
    if style.name == "meta":
        p = [_p(style, pooled.q_p)] if known(pooled.q_p) else []
        parts = [*_i2(pooled, basis), *_tau2(pooled), *p]
    if not parts:
        return ""
    start = "Test for heterogeneity" if style.name == "bmj" else "Heterogeneity"
    return _kept(f"{start}: {(', ' if style.name == 'meta' else '; ').join(parts)}")


def effect_test(style: Style, pooled: Pooled) -> str:
    """The test of no effect; empty for a measure without."""
    if not known(pooled.p_value):
        return ""
    normal = pooled.df is None or math.isinf(pooled.df)
    if style.name == "livereview":
        name = "z" if normal else "t"
        return f"Test for overall effect: {statistic_phrase(name, pooled.statistic, pooled.df, pooled.p_value)}"
    name = ("Z" if normal else "T") if style.name == "revman" else ("z" if normal else "t")
    degrees = "" if normal else f", df = {pooled.df:.1f}".replace(".0", "")
    words = f"{name} = {fixed(pooled.statistic, 2)}{degrees}"
    p = _p(style, pooled.p_value)
    return _kept(f"Test for overall effect: {words}" + (f", {p}" if style.name in ("meta", "bmj") else f" ({p})"))


def subgroup_test(style: Style, division: SubgroupResult) -> str:
    """The test between subgroups; empty where there is none."""
    q = division.q_between
    if q is None or not known(q):
        return ""
    if style.name in ("livereview", "revman"):
        return f"Test for subgroup differences: {chi2_phrase(q, division.df_between, division.p_between)}"
    df = MISSING if division.df_between is None else division.df_between
    words = f"χ² = {fixed(q, 2)}, df = {df}"
    p = _p(style, division.p_between)
    joined = f"{words}, {p}" if style.name in ("meta", "bmj") else f"{words} ({p})"
    return _kept(f"Test for subgroup differences: {joined}")


def notes_of(style: Style, outcome: OutcomeResult, pooled: Pooled) -> list[str]:
    """Heterogeneity and the test of no effect, a line each."""
    return [
        words for words in (heterogeneity_words(style, pooled, outcome.i2_basis), effect_test(style, pooled)) if words
    ]


def _tau2(pooled: Pooled) -> list[str]:
    if pooled.tau2 is None or not known(pooled.tau2):
        return []
    words = tau2(pooled.tau2)
    return [f"τ² < {words[1:]}" if words.startswith("<") else f"τ² = {words}"]


def _chi2(style: Style, pooled: Pooled) -> list[str]:
    if pooled.q is None or not known(pooled.q):
        return []
    df = MISSING if pooled.q_df is None else pooled.q_df
    p = _p(style, pooled.q_p)
    words = f"χ² = {fixed(pooled.q, 2)}, df = {df}"
    return [f"{words}, {p}" if style.name == "bmj" else f"{words} ({p})"]


def _i2(pooled: Pooled, basis: str) -> list[str]:
    if not known(pooled.i2):
        return []
    return [f"I² = {i2(pooled.i2)}" + (" (from τ²)" if basis == "tau2" else "")]


def _p(style: Style, value: float | None) -> str:
    """P as the layout writes it: JAMA without the zero, meta with a small letter."""
    words = p_phrase(value)
    if style.name == "jama":
        return words.replace(" 0.", " .")
    return words.replace("P", "p", 1) if style.name == "meta" else words


def _kept(words: str) -> str:
    return words.replace(" = ", f"{NO_BREAK}={NO_BREAK}").replace(" < ", f"{NO_BREAK}<{NO_BREAK}")
