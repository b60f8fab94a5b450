"""What was found in one plain sentence whose words fit the certainty.

The words are those of GRADE: high "reduces", moderate "probably reduces", low "may reduce", very low "the evidence is
very uncertain" (Santesso 2020, doi:10.1016/j.jclinepi.2019.10.014). The direction is that of the estimate; its
uncertainty is in the certainty. A difference below the important one is "little to no difference"; where nobody stated
what is important, no difference is called large or small.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from livereview.absolute.wording import people
from livereview.grading.drafting import has_number
from livereview.printing import interval
from livereview.rated import Finding
from livereview.report import OutcomeResult

#: Verbs by certainty: of a difference in one direction, and of none.
_VERBS: Mapping[str, tuple[str, str]] = {
    "high": ("{}s", "results in"),
    "moderate": ("probably {}s", "probably results in"),
    "low": ("may {}", "may result in"),
}
_ADVERBS: Mapping[str, str] = {"high": "", "moderate": "probably ", "low": "may "}


def sentence(outcome: OutcomeResult, finding: Finding) -> str:
    """What was found; why there is no number, where there is none."""
    if not has_number(outcome):
        return f"There is no number for {_lowered(finding.title)}{_why(outcome)}."
    if outcome.null_shown is None:
        return _of_one_arm(outcome, finding)
    return _of_a_comparison(outcome, finding)


def _why(outcome: OutcomeResult) -> str:
    if outcome.failures:
        return ", since the analysis failed"
    return ": no eligible study reports it" if not outcome.studies else ", since its studies could not be pooled"


def _of_a_comparison(outcome: OutcomeResult, finding: Finding) -> str:
    treatment = _named(outcome.experimental, "The treatment")
    against = f", compared with {outcome.control}" if outcome.control else ", compared with the control"
    what = _what(finding)
    if finding.level is None:
        return f"The certainty of the effect of {_inside(treatment)} on {what}{against} is not rated."
    if finding.level == "very low":
        return f"The evidence is very uncertain about the effect of {_inside(treatment)} on {what}{against}."
    direction, none = _VERBS[finding.level]
    size = _difference(outcome, finding)
    if size == 0 or (finding.important is not None and abs(size) < finding.important * (1 - 1e-9)):
        return f"{treatment} {none} little to no difference in {what}{against}."
    return f"{treatment} {direction.format('reduce' if size < 0 else 'increase')} {what}{against}."


def _difference(outcome: OutcomeResult, finding: Finding) -> float:
    """The estimate less no effect: of risks at the first baseline where there are any, else as it is shown."""
    if finding.absolute:
        return finding.absolute[0].difference[0]
    return outcome.pooled.shown.estimate - (outcome.null_shown or 0.0)


def _of_one_arm(outcome: OutcomeResult, finding: Finding) -> str:
    what, shown = _what(finding), outcome.pooled.shown
    given = f" of those given {outcome.experimental}" if outcome.experimental else ""
    if finding.level == "very low":
        many = f"how many people have {what}" if outcome.display == "proportion" else what
        return f"The evidence is very uncertain about {many}{_after(outcome)}."
    adverb = _ADVERBS.get(finding.level or "high", "")
    if outcome.display != "proportion":
        verb = "may be" if adverb == "may " else f"is {adverb}".rstrip()
        return f"{_raised(what)}{_after(outcome)} {verb} {interval(shown, outcome.display)}."
    many = people(shown.estimate * finding.per)
    limits = ""
    if math.isfinite(shown.low) and math.isfinite(shown.high):
        limits = f" ({100 * outcome.level:g}% interval {people(shown.low * finding.per)} to "
        limits += f"{people(shown.high * finding.per)})"
    verb = "may have" if adverb == "may " else f"{adverb}have"
    rated = "" if finding.level else "; this is not rated"
    return f"Of {finding.per:,} people{given.replace(' of those', '')}, {many}{limits} {verb} {what}{rated}."


def _after(outcome: OutcomeResult) -> str:
    return f" with {outcome.experimental}" if outcome.experimental else ""


def _what(finding: Finding) -> str:
    by = f" by {finding.time}" if finding.time else ""
    return (finding.event or _lowered(finding.title)) + by


def _named(name: str, otherwise: str) -> str:
    return _raised(name) if name else otherwise


def _inside(name: str) -> str:
    """A name within a sentence: "The treatment" is not a name."""
    return "the treatment" if name == "The treatment" else _lowered(name)


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str) -> str:
    """The text as it stands within a sentence; an abbreviation keeps its capitals."""
    return text if len(text) > 1 and not text[1].islower() else text[:1].lower() + text[1:]
