"""A figure before it is a file: its page, its numbers, what it shows in words."""

from __future__ import annotations

from dataclasses import dataclass

from livereview import OutcomeResult
from livereview.printing import i2
from livereview_figures.drawing.page import Page
from livereview_figures.drawing.text import clean, estimable, format_of, known, study_label

_CALLED = {"timeline": "timeline", "timeline-forest": "forest plot over time"}
"""What figures are called that are not called by their kind."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure with its numbers."""

    kind: str
    """What it is, also in its file's name: "forest", "funnel", "flow"..."""
    page: Page
    data: bytes
    """CSV."""
    title: str
    """What it is called under the picture."""
    alt: str
    """What it shows, for a reader who cannot see it; the title stands before it."""
    outcome: str | None = None
    """Id of the outcome it shows; None = the review as a whole."""
    suffix: str = ""
    """Of the file's name, where an outcome has several of the kind."""
    part: int = 0
    """Which page of a figure on several; 0 = it has one."""

    @property
    def path(self) -> str:
        """Where it lies in the report's folder, without the ending."""
        return self.whole + (f"-p{self.part}" if self.part else "")

    @property
    def whole(self) -> str:
        """The same for all its pages together, whose numbers are one file."""
        start = "" if self.outcome is None else f"{self.outcome}-"
        return f"figures/{start}{self.kind}{self.suffix}"


def summary(outcome: OutcomeResult) -> str:
    """The result in a sentence: number of studies, measure, estimate with its interval, I²."""
    pooled = outcome.pooled
    measure = clean(outcome.measure_title)
    if pooled.k < 2 or not known(pooled.shown.estimate):
        alone = [study for study in outcome.studies if estimable(study)]
        if len(alone) > 1:
            return f"{measure}: {len(alone)} studies, no pooled estimate."
        effect = format_of(outcome).sentence(alone[0].shown, outcome.level)
        return f"{measure}: one study, {study_label(alone[0])}, {effect}; nothing pooled."
    spread = f"; I² {i2(pooled.i2)}" if known(pooled.i2) else ""
    return f"{measure}: {pooled.k} studies, pooled {format_of(outcome).sentence(pooled.shown, outcome.level)}{spread}."


def of_outcome(
    outcome: OutcomeResult, kind: str, page: Page, data: bytes, *, about: str = "", alt: str = "", suffix: str = "",
    part: int = 0, called: str = "",
) -> Figure:  # fmt: skip
    """A figure of one outcome, called by its kind unless it has a name of its own; without words of its own it is
    described by the outcome's result."""
    called = called or f"{_CALLED.get(kind, f'{kind} plot')}{about}"
    return Figure(
        kind=kind,
        page=page,
        data=data,
        title=f"{clean(outcome.title)}: {called}",
        alt=alt or summary(outcome),
        outcome=outcome.id,
        suffix=suffix,
        part=part,
    )
