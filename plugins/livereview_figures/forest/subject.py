"""What a forest plot is about: an outcome, and what the report around it knows of its studies and its past."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from livereview import InstrumentCard, Interval, OutcomeChange, OutcomeResult, Report, StudyCard, StudyResult
from livereview.anchors import anchor
from livereview_figures.drawing.axis import forward_of
from livereview_figures.drawing.marks import Plotted
from livereview_figures.drawing.text import Format, estimable, format_of, known, study_label
from livereview_figures.forest.arms import Arms
from livereview_figures.forest.styles import Style, effect_cells, style_of


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An outcome with its report, where there is one, and the size of text."""

    outcome: OutcomeResult
    report: Report | None = None
    size: float = field(default=9.0)

    @cached_property
    def style(self) -> Style:
        return style_of(self.outcome)

    @cached_property
    def format(self) -> Format:
        return format_of(self.outcome)

    @cached_property
    def forward(self) -> Callable[[float], float]:
        """From the display scale to the axis."""
        return forward_of(self.outcome.display)

    @cached_property
    def arms(self) -> Arms:
        return Arms(self.outcome.studies)

    @cached_property
    def heaviest(self) -> float:
        return max((s.weight for s in self.outcome.studies if known(s.weight)), default=0.0)

    @cached_property
    def _cards(self) -> dict[str, StudyCard]:
        return {card.study_id: card for card in (self.report.studies if self.report else ())}

    def card(self, study_id: str) -> StudyCard | None:
        """The characteristics of a study, where the report has them."""
        return self._cards.get(study_id)

    @cached_property
    def instrument(self) -> InstrumentCard | None:
        """The instrument that the manifest names for this plot, where the report has it."""
        wanted = self.outcome.forest.risk_of_bias
        cards = self.report.instruments if self.report and wanted else ()
        return next((card for card in cards if card.title == wanted), None)

    @cached_property
    def ghost(self) -> OutcomeChange | None:
        """The change of the pooled result since the previous update, where there is one to show."""
        if self.report is None or self.report.changes.previous is None or not self.outcome.forest.ghost:
            return None
        change = next((one for one in self.report.changes.outcomes if one.id == self.outcome.id), None)
        if change is None or change.before is None or change.definition_changed or not known(change.before.estimate):
            return None
        same = change.after is not None and self.cells(change.before) == self.cells(change.after)
        return None if same and change.k_before == change.k_after else change

    def cells(self, shown: Interval) -> dict[str, str]:
        """An estimate with its limits as cells."""
        return effect_cells(self.style, self.format, shown)

    def plotted(self, kind: str, shown: Interval, size: float, **more: object) -> Plotted:
        """An estimate with its limits where they stand on the axis."""
        estimate, low, high = (self.forward(v) for v in (shown.estimate, shown.low, shown.high))
        return Plotted(kind=kind, estimate=estimate, low=low, high=high, size=size, **more)  # type: ignore[arg-type]

    def href(self, study_id: str) -> str:
        """Where the study's number comes from, in the page around the figure."""
        return f"#{anchor('from', self.outcome.id, study_id)}"

    def ordered(self, studies: Sequence[StudyResult]) -> list[StudyResult]:
        """The studies in the order that the manifest asks for; those without an effect last of an order by numbers."""
        order = self.outcome.forest.order
        if order == "label":
            return sorted(studies, key=lambda study: study_label(study).casefold())
        if order == "year":
            return sorted(studies, key=lambda study: (study.year is None, study.year or 0))
        if order == "effect":
            return sorted(
                studies, key=lambda study: (not estimable(study), study.shown.estimate if estimable(study) else 0.0)
            )
        if order == "weight":
            return sorted(studies, key=lambda study: -study.weight if known(study.weight) else 1.0)
        return list(studies)
