"""The funnel plot: studies by effect and standard error, tests and adjustments for missing studies.

Both axes are on the analysis scale, where the limits are straight lines; the ticks are on the display scale wherever
the scale has a plain inverse (log, logit, arcsine, Fisher's z), else on the analysis scale, and the axis says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from livereview import OutcomeResult, SensitivityResult, Series, StudyResult
from livereview.anchors import anchor
from livereview_figures.charts.labels import Named, Room, beside_points
from livereview_figures.charts.series import around
from livereview_figures.charts.telling import shown
from livereview_figures.drawing.layout import MARGIN
from livereview_figures.drawing.page import Line, Page, Shape
from livereview_figures.drawing.plate import comparison, footnoted, titled
from livereview_figures.drawing.text import clean, fixed, study_label
from livereview_figures.funnel.frame import Frame, added_to, adjusted, axes, frame_of, null_of, points_of
from livereview_figures.funnel.groups import ROUND, looks_of
from livereview_figures.funnel.keys import ADJUSTED, DOTS, LETTERS, legends
from livereview_figures.funnel.notes import bias_phrase, footnotes
from livereview_figures.funnel.wedges import contours as draw_contours
from livereview_figures.funnel.wedges import limits, no_effect, test_lines

MINIMUM = 3
"""With fewer studies a funnel has no shape to look at."""
WIDTH = 48.0
MOST_NAMED = 25
"""With more studies their names would hide the shape."""

__all__ = ["MINIMUM", "bias_phrase", "funnel", "points_of"]


def funnel(outcome: OutcomeResult, size: float = 9.0, *, contours: bool = True) -> Page:
    """The funnel plot of an outcome. Needs ``MINIMUM`` studies."""
    page = Page(WIDTH * size + 2 * MARGIN, 0)
    compared = comparison(outcome)
    top = titled(page, outcome.title, f"{compared}. Funnel plot" if compared else "Funnel plot", page.width, size)
    small = size - 1
    frame = frame_of(outcome, page, top + 2.2 * size, size, small)
    null = null_of(outcome)
    if null is not None and contours:
        draw_contours(page, frame, null)
    no_effect(page, frame, outcome)
    limits(page, frame, outcome)
    test_lines(page, frame, outcome)
    page.add(*_added(outcome, frame, size), *_studies(outcome, frame, size), *_adjusted(outcome, frame, size))
    _words(page, outcome, frame, small)
    y = axes(page, frame, outcome, small)
    y = legends(page, outcome, y, small, shaded=null is not None and contours)
    page.height = footnoted(page, footnotes(outcome), y, page.width, small) + MARGIN
    return page


def _studies(outcome: OutcomeResult, frame: Frame, size: float) -> Iterator[Shape]:
    looks = looks_of(outcome)
    for study in points_of(outcome):
        look = looks[study.study_id]
        x, y = _at(frame, study)
        yield Shape(
            points=around(x, y, 0.36 * size, look.sides), fill=look.colour, edge="#FFFFFF",
            name=f"point:{study.study_id}", tip=_tip(outcome, study),
            href="#" + anchor("from", outcome.id, study.study_id),
        )  # fmt: skip


def _at(frame: Frame, study: StudyResult) -> tuple[float, float]:
    return frame.axis.at(study.effect), frame.y(math.sqrt(study.variance))


def _tip(outcome: OutcomeResult, study: StudyResult) -> str:
    effect = shown(outcome, "effect", study.effect)
    return f"{study_label(study)}: {effect}, standard error {fixed(math.sqrt(study.variance), 3)}"


def _added(outcome: OutcomeResult, frame: Frame, size: float) -> Iterator[Line | Shape]:
    """Hollow studies and lines of further analyses."""
    for series in added_to(outcome):
        where = [(frame.axis.at(float(x)), frame.y(float(y))) for x, y in _finite(series)]
        if series.style in ("line", "dashed"):
            dash = DOTS if series.style == "dashed" else ()
            yield Line(points=tuple(where), width=1.0, colour=ADJUSTED, dash=dash, name=f"added:{clean(series.name)}")
            continue
        for i, (x, y) in enumerate(where):
            label = clean(series.labels[i]) if series.labels else ""
            yield Shape(points=around(x, y, 0.36 * size, ROUND), fill="#FFFFFF", edge=ADJUSTED, name=f"filled:{i}",
                        tip=f"{clean(series.name)}: {label}".rstrip(": "))  # fmt: skip


def _finite(series: Series) -> Iterator[tuple[float, float]]:
    yield from ((x, y) for x, y in zip(series.x, series.y, strict=True) if np.isfinite([x, y]).all())


def _adjusted(outcome: OutcomeResult, frame: Frame, size: float) -> Iterator[Shape]:
    """Adjusted estimates: triangles that stand on the axis."""
    for place, found in enumerate(adjusted(outcome)):
        x = frame.axis.at(found.pooled.estimate)
        half = 0.4 * size
        corners = ((x, frame.bottom - 0.9 * size), (x + half, frame.bottom), (x - half, frame.bottom))
        yield Shape(points=corners, fill=ADJUSTED, edge="#FFFFFF", name=f"point:adjusted-{place}",
                    tip=_estimate(outcome, found))  # fmt: skip


def _estimate(outcome: OutcomeResult, found: SensitivityResult) -> str:
    return f"{clean(found.title)}: {shown(outcome, 'effect', found.pooled.estimate)}"


def _words(page: Page, outcome: OutcomeResult, frame: Frame, size: float) -> None:
    """Letters at adjusted estimates, then the names of the studies, as far as they find room."""
    room = Room.about(frame.box, [mark for mark in page.marks if isinstance(mark, Line | Shape)])
    letters = [
        Named(x=frame.axis.at(found.pooled.estimate), y=frame.bottom - 0.5 * size, radius=0.5 * size, words=letter)
        for letter, found in zip(LETTERS, adjusted(outcome), strict=False)
    ]
    page.add(*beside_points(letters, room, size))
    studies = points_of(outcome)
    if len(studies) > MOST_NAMED:
        return
    named = [
        Named(
            x=x, y=y, radius=0.4 * size, words=study_label(study), href="#" + anchor("from", outcome.id, study.study_id)
        )
        for study in studies
        for x, y in [_at(frame, study)]
    ]
    page.add(*beside_points(named, room, size))


def in_words(outcome: OutcomeResult) -> str:
    """What the figure shows, for a reader who cannot see it."""
    studies = points_of(outcome)
    errors = [math.sqrt(study.variance) for study in studies]
    told = [f"{len(studies)} studies, standard errors from {fixed(min(errors), 3)} to {fixed(max(errors), 3)}"]
    centre = outcome.pooled.estimate
    if math.isfinite(centre):
        left = sum(study.effect < centre for study in studies)
        told.append(
            f"{left} left of the pooled estimate of {shown(outcome, 'effect', centre)}, {len(studies) - left} not"
        )
    told += [
        f"{clean(series.name)}: {sum(1 for _ in _finite(series))}"
        for series in added_to(outcome)
        if series.style not in ("line", "dashed")
    ]
    told += [_estimate(outcome, found) for found in adjusted(outcome)]
    return ". ".join(["; ".join(told), *(note for note in footnotes(outcome) if not note.startswith("Dashed"))]) + "."
