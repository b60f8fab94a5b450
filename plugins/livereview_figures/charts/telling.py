"""What a point tells who points at it, and where it leads: its name, its numbers on the display scale, its study."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from livereview import OutcomeResult, Plot, Series
from livereview.anchors import anchor
from livereview_figures.drawing.text import clean, fixed, format_of

_BACK = {
    "log": lambda x: math.exp(min(x, 700.0)),
    "logit": lambda x: (1 + math.tanh(x / 2)) / 2,
    "arcsine": lambda x: math.sin(min(max(x, 0.0), math.pi / 2)) ** 2,
    "log-log": lambda x: math.exp(-math.exp(min(x, 700.0))),
    "fisher-z": math.tanh,
    "identity": float,
}
"""From the analysis to the display scale, where that is plain."""


@dataclass(frozen=True)
class Telling:
    """The words of the points of one plot."""

    outcome: OutcomeResult
    plot: Plot

    def of_point(self, series: Series, i: int) -> tuple[str, str]:
        """Tip and link of a point; the link is empty unless its label is that of exactly one study."""
        label = clean(series.labels[i]) if series.labels else ""
        x = self._axis(self.plot.x_label, self.plot.x_kind, float(series.x[i]))
        y = self._axis(self.plot.y_label, self.plot.y_kind, float(series.y[i]))
        return f"{label or clean(series.name)}: {x}; {y}", link_of(self.outcome, label)

    def _axis(self, words: str, kind: str, value: float) -> str:
        told = clean(words)
        return f"{told} {shown(self.outcome, kind, value)}"


def shown(outcome: OutcomeResult, kind: str, value: float) -> str:
    """A number of an axis of that kind as a reader knows it."""
    if kind == "count":
        return fixed(value, 0)
    if kind == "percent":
        return f"{fixed(value, 1)}%"
    if kind == "contrast" and outcome.scale in ("log", "logit"):
        return plain(math.exp(min(value, 700.0)))
    if kind == "effect" and outcome.scale in _BACK:
        words = format_of(outcome).value(_BACK[outcome.scale](value))
        return f"{words}%" if outcome.display == "proportion" else words
    return plain(value)


def plain(value: float) -> str:
    """Three significant digits."""
    return f"{value:.3g}".replace("-", "−")


def link_of(outcome: OutcomeResult, label: str) -> str:
    """Where the number of the study of that label comes from; empty unless exactly one study has the label."""
    counts = Counter(clean(study.label) for study in outcome.studies)
    if not label or counts[label] != 1:
        return ""
    found = next(study for study in outcome.studies if clean(study.label) == label)
    return "#" + anchor("from", outcome.id, found.study_id)
