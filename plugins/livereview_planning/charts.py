"""The figures of ``next-trials``: what one new trial would do, by its size, with the registered trials among them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from livereview import Array, Plot, Series
from livereview_planning.outlook import Ahead, Outlook
from livereview_planning.tables import Present
from livereview_planning.trials import Counted


def charts(
    ahead: Ahead,
    now: Present,
    by_size: tuple[Array, Sequence[Outlook]],
    trials: Sequence[Counted],
    alone: Sequence[Outlook | None],
) -> tuple[Plot, ...]:
    """Chance that the conclusion moves, where there is one, and median width of the interval, by participants."""
    known = [(one, found) for one, found in zip(trials, alone, strict=True) if found is not None]
    x = np.array([float(one.participants or np.nan) for one, _ in known])
    labels = tuple(one.trial.registry_id for one, _ in known)
    sizes, outlooks = by_size

    def drawn(line: str, on_line: Sequence[float], at_trials: Sequence[float]) -> tuple[Series, ...]:
        points = Series(name="registered trials", x=x, y=np.array(at_trials), labels=labels)
        curve = Series(name=line, x=sizes, y=np.array(on_line), style="line")
        return (points, curve) if known else (curve,)

    def plot(name: str, title: str, words: str, kind: str, series: tuple[Series, ...], alt: str) -> Plot:
        return Plot(
            name=name, title=title, x_label="Participants of one new trial", y_label=words, series=series,
            y_kind="contrast" if kind == "contrast" else "number", alt=alt,
        )  # fmt: skip

    found: list[Plot] = []
    if ahead.thresholds:
        chance = [100 * one.moves(now.conclusion) for one in outlooks]
        series = drawn("one new trial", chance, [100 * one.moves(now.conclusion) for _, one in known])
        alt = f"From {chance[0]:.0f}% with {sizes[0]:.0f} participants to {chance[-1]:.0f}% with {sizes[-1]:.0f}."
        title = "Chance that one new trial moves the conclusion"
        found.append(plot("chance", title, "Chance that the conclusion moves (%)", "number", series, alt))
    ratio, times = ahead.request.display == "ratio", 100 if ahead.request.display == "proportion" else 1
    width = [times * one.median_width for one in outlooks]
    level = times * float(now.found.width)
    series = drawn("one new trial, median", width, [times * one.median_width for _, one in known])
    ends = np.array([0.0, sizes[-1]])
    today = Series(name="width today", x=ends, y=ends, low=np.zeros(2), high=np.full(2, level), style="band")
    words = (
        "Upper limit ÷ lower limit"
        if ratio
        else "Width of the interval" + (" (percentage points)" if times > 1 else "")
    )
    last, now_wide = (np.exp(value) if ratio else value for value in (width[-1], level))
    alt = f"Today {now_wide:.3g}; after a trial of {sizes[-1]:.0f} participants {last:.3g}."
    title = "Width of the interval after one new trial"
    return (*found, plot("width", title, words, "contrast" if ratio else "number", (today, *series), alt))
