"""README.txt of the package: what it is, how to read it, and what RevMan could not be told, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from textwrap import TextWrapper

from livereview import Report, plain_text
from livereview.printing import counted, plain
from livereview_handover.analyses import Analyses, Analysis
from livereview_handover.bias import Bias

_ABOUT = (
    "Numbers have full precision. Texts of titles, labels and characteristics are HTML, as RevMan keeps them. A name "
    "that begins with = + - or @ has an apostrophe in front in every file, so that no spreadsheet runs it.",
    "GIV Mean and GIV SE are on the scale on which effects are pooled: the log for ratios, where Log-scale data is "
    "true, else the scale that Effect measure names. Mean and limits are what RevMan shows.",
    "An outcome that is divided into subgroups has an analysis of all studies and one more for each division. An "
    "interval by Hartung and Knapp is called HKSJ; analyses of one study have the interval of Wald.",
    "Studies that were set aside (with no event in either arm, with readings that differ, retracted) are not in the "
    "analyses; the report of the review lists them with reasons.",
)


_LINES = TextWrapper(width=100, break_on_hyphens=False, break_long_words=False)
_ITEMS = TextWrapper(width=100, break_on_hyphens=False, break_long_words=False, subsequent_indent="  ")


def told(report: Report, analyses: Analyses, bias: Bias) -> str:
    """The text of README.txt."""
    made = report.provenance
    lines = [plain_text(report.review.title), "", "Data package for RevMan, layout of version 2.", ""]
    lines += [_edition(report), f"Snapshot of the evidence {made.snapshot}", ""]
    lines += [part for paragraph in _ABOUT for part in (*_LINES.wrap(paragraph), "")]
    left_out = ((why, plain_text(what)) for what, why in (*analyses.left_out, *bias.left_out))
    lines += _section("Not pooled here", _by_reason(_not_pooled(analyses.listed)))
    lines += _section("Written otherwise than in the review", _by_reason(_otherwise(analyses.listed)))
    lines += _section("Left out", _by_reason(left_out))
    return "\r\n".join(lines)


def _edition(report: Report) -> str:
    """Which state of the review it is."""
    made, name = report.provenance, report.review.id
    if made.update:
        return f"Update {made.update} of the review {name}"
    past = [
        f"evidence as {how} by {day}"
        for how, day in (("recorded", made.as_of), ("published", made.published_by))
        if day
    ]
    return f"Rebuilt report of the review {name}, no update of it{''.join(f', {part}' for part in past)}"


def _section(title: str, items: Mapping[str, Iterable[str]]) -> list[str]:
    """Each reason with what it is about."""
    lines = [title, "-" * len(title)]
    for reason, about in items.items():
        lines += _LINES.wrap(f"{reason[:1].upper()}{reason[1:]}:")
        lines += (line for item in about for line in _ITEMS.wrap(f"- {item}"))
    return [*lines, *([] if items else ["Nothing."]), ""]


def _by_reason(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """What is told, by the reason for it, which stands first."""
    reasons: dict[str, list[str]] = {}
    for reason, about in found:
        reasons.setdefault(reason, []).append(about)
    return reasons


def _not_pooled(listed: Iterable[Analysis]) -> Iterator[tuple[str, str]]:
    """Analyses without a result, each with the reason and the result of the review."""
    for analysis in listed:
        if analysis.settings.no_totals:
            result = "" if analysis.groups or not analysis.outcome.pooled.k else f": the review has {_result(analysis)}"
            yield analysis.settings.no_totals, f"{_called(analysis)}{result}"
        elif not analysis.whole:
            yield "its groups do not hold each study once, so there is no total", _called(analysis)


def _called(analysis: Analysis) -> str:
    return f"{analysis.group}.{analysis.number} {plain_text(analysis.name)}"


def _result(analysis: Analysis) -> str:
    outcome = analysis.outcome
    shown, k = outcome.pooled.shown, counted(outcome.pooled.k, "study", "studies")
    interval = f"{plain(shown.estimate)} ({plain(shown.low)} to {plain(shown.high)})"
    choices = ("model", "tau2", "interval", "confidence level")
    how = ", ".join(outcome.choices[choice] for choice in choices if choice in outcome.choices)
    return f"{interval} from {k} by {how or outcome.model}"


def _otherwise(listed: Iterable[Analysis]) -> Iterator[tuple[str, str]]:
    for analysis in listed:
        yield from ((note, _called(analysis)) for note in analysis.settings.notes)
