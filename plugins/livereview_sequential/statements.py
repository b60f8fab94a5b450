"""What every sequential analysis says of itself, and of the order of its studies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livereview import AnalysisRequest

NO_NULL = "a number of one arm has no value that means no effect, so there is no Z to follow"
SENSITIVITY = (
    "This is a sensitivity analysis, not the result. The Cochrane Handbook (chapter 22) discourages sequential methods"
    " for standard updated meta-analyses: not for main analyses, nor to draw main conclusions; they may be used in a"
    " prospectively planned series of randomised trials."
)


def listed(names: Sequence[str]) -> str:
    """Names in words: "A", "A and B", "A, B and C"."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def side_of_null(request: AnalysisRequest, estimate: float) -> str:
    """On which side of no effect an estimate lies, as the measure shows it: "HR below 1"."""
    assert request.null is not None
    side = "below" if estimate < request.null else "above"
    return f"{request.studies.measure} {side} {1 if request.scale == 'log' else 0}"


def undated(request: AnalysisRequest) -> Iterator[str]:
    """A note on studies whose date of publication nobody knows."""
    names = [name for name, day in zip(request.studies.labels, request.published, strict=False) if not day]
    if names:
        yield f"Date of publication unknown, put last: {listed(names)}."


def same_day(request: AnalysisRequest) -> Iterator[str]:
    """A note on studies between which nobody can have looked: published on one day, in an order that means nothing."""
    days = [day for day in request.published if day.count("-") == 2]
    for day in dict.fromkeys(day for day in days if days.count(day) > 1):
        names = [name for name, own in zip(request.studies.labels, request.published, strict=True) if own == day]
        yield (
            f"Published on one day, in the order of their names: {listed(names)}. Only the look after the last counts."
        )
