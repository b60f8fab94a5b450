"""Conclusions of an outcome for tests of triggers and verdicts; each states only what a test is about."""

from __future__ import annotations

from hypothesis import strategies as st

from livereview import Conclusion
from livereview.testing.conclusions import NOTHING, conclusion, nothing

__all__ = ["NOTHING", "conclusion", "conclusions", "nothing"]


@st.composite
def conclusions(draw: st.DrawFn) -> Conclusion:
    """Any conclusion of an outcome: ratios and proportions, with and without a number, ratings and retractions."""
    if draw(st.booleans()):
        return nothing()
    ratio = draw(st.booleans())
    top = 20.0 if ratio else 1.0
    low, value, high = sorted(draw(st.lists(st.floats(0.001, top), min_size=3, max_size=3)))
    prediction = sorted(draw(st.lists(st.floats(0.001, top), min_size=2, max_size=2)))
    return conclusion(
        low, high, value=value, display="ratio" if ratio else "proportion", null_shown=1.0 if ratio else None,
        k=draw(st.integers(1, 30)), participants=draw(st.none() | st.integers(1, 10_000)),
        i2=draw(st.none() | st.floats(0, 100)), certainty=draw(st.sampled_from(["", "high", "low"])),
        prediction_shown=draw(st.sampled_from([None, tuple(prediction)])),
        retracted=draw(st.sampled_from([{}, {"pmid:1": "A"}, {"pmid:1": "A", "pmid:2": "B"}])),
        evidence={"a": (draw(st.sampled_from("xyz")),)},
    )  # fmt: skip
