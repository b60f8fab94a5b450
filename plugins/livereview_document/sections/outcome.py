"""One outcome: its parts in order, and the sentence that states its result."""

from __future__ import annotations

import math

from livereview import Failure, OutcomeResult
from livereview.anchors import anchor
from livereview.printing import counted, estimate, known, level, limits, p_phrase
from livereview_document.blocks import Block, bullets, heading, long, paragraph, quote, stated
from livereview_document.cells import has_number, how_many, no_prediction, prediction_cell, unit
from livereview_document.index import Index
from livereview_document.sections.bias import bias_part
from livereview_document.sections.further import further_parts
from livereview_document.sections.heterogeneity import heterogeneity_part
from livereview_document.sections.rows import aside_part, rows_part
from livereview_document.sections.subsets import cumulative_part, leave_one_out_part, sensitivity_part, subgroups_part
from livereview_document.sections.verdicts import certainty_line
from livereview_document.words import Words, fill, prose, strong, text

#: Figures that stand with the analysis they show; every other figure follows the result.
PLACED = ("funnel", "leave-one-out", "cumulative", "subgroup", "subgroups", "sensitivity")


def outcome_section(outcome: OutcomeResult, at: Index) -> list[Block]:
    """Cautions, result, figures, studies, then every analysis of them."""
    return [
        heading(3, outcome.title, anchor("outcome", outcome.id)),
        *([stated("*{}*", outcome.group)] if outcome.group.strip() else []),
        *_cautions(outcome, at),
        *result_part(outcome),
        *certainty_line(outcome.certainty),
        *_figures(outcome, at),
        *rows_part(outcome, at),
        *heterogeneity_part(outcome),
        *subgroups_part(outcome, at),
        *sensitivity_part(outcome, at),
        *leave_one_out_part(outcome, at),
        *cumulative_part(outcome, at),
        *bias_part(outcome, at),
        *further_parts(outcome, at),
        *aside_part(outcome, at),
        *_choices(outcome, at),
    ]


def failure_line(failure: Failure) -> Words:
    """Which section failed, by which plugin of which distribution and version, and what it said."""
    template = "**Failed: {}.** Plugin {} of {}: {} No other method was used in its place."
    message = failure.message.strip()
    ended = message if message.endswith((".", "!", "?")) else f"{message}."
    return fill(template, failure.section, failure.plugin, failure.provider, prose(ended))


def _cautions(outcome: OutcomeResult, at: Index) -> list[Block]:
    lines = [fill("**Caution:** {}", prose(caution)) for caution in outcome.cautions]
    lines += [
        fill("**Caution:** {} rests on a retracted report.", at.study(study.study_id, study.label))
        for study in outcome.studies
        if any(at.status(row.report_id) == "retracted" for row in study.rows)
    ]
    if not (outcome.pooled.converged or any("not converge" in caution for caution in outcome.cautions)):
        lines.append(fill("**Caution:** the model did not converge; its estimate is not to be relied on."))
    lines += [failure_line(failure) for failure in outcome.failures]
    return [quote(lines)] if lines else []


def result_part(outcome: OutcomeResult) -> list[Block]:
    """The result as a sentence, how to read its direction, and notes on the fit."""
    pooled = outcome.pooled
    if pooled.k == 0:
        return [_nothing(outcome)]
    if not has_number(pooled):
        reason = "; ".join(pooled.notes) or "the reason stands under the failed sections"
        return [stated("**No estimate** from {}: {}.", how_many(pooled), prose(reason.rstrip(".")))]
    blocks = [paragraph(_sentence(outcome))]
    blocks += [paragraph(_direction(outcome))] if _direction(outcome) else []
    blocks += [paragraph(_predicted(outcome))] if pooled.k > 1 else []
    # What stands among the cautions is not said twice.
    told = " ".join(outcome.cautions).lower()
    notes = [note for note in pooled.notes if note.rstrip(".").lower() not in told]
    return [*blocks, paragraph("Notes on the fit:"), bullets(notes)] if notes else blocks


def _nothing(outcome: OutcomeResult) -> Block:
    if outcome.failures:
        return stated("**No number:** no study could be pooled; see the failed section above.")
    if outcome.studies:
        many = counted(len(outcome.studies), "study reports", "studies report")
        return stated(
            "**No number:** {} this outcome, none with an effect that can be estimated (see the notes).", many
        )
    return stated("**No eligible result:** no study gives this outcome a number.")


def _sentence(outcome: OutcomeResult) -> Words:
    pooled, shown = outcome.pooled, outcome.pooled.shown
    width = shown.high - shown.low
    number = strong(estimate(shown.estimate, outcome.display, width) + unit(outcome))
    bounds = limits(shown.low, shown.high, outcome.display)
    inside = f"{level(outcome.level)} CI {bounds}" if known(width) else "no confidence interval"
    if outcome.null_shown is not None:
        inside += f"; {p_phrase(pooled.p_value)}" if known(pooled.p_value) else "; no P"
    arms = outcome.experimental or ("one arm" if outcome.null_shown is None else "experimental arm")
    if outcome.null_shown is not None:
        arms += f" against {outcome.control or 'control'}"
    many = how_many(pooled)
    start = fill("{} {} ({}): {}.", outcome.measure_title, number, inside, text(arms))
    if pooled.k == 1:
        alone = fill("{} From {}: this is its own result, nothing was pooled.", start, many)
        return fill("{} {}", alone, _two_intervals(outcome)) if _two_intervals(outcome) else alone
    pooled_from = fill("{} Pooled from {} with the {} model.", start, many, outcome.model)
    return fill("{} {}", pooled_from, _not_in_the_fit(outcome)) if _not_in_the_fit(outcome) else pooled_from


def _two_intervals(outcome: OutcomeResult) -> str:
    """A word on the interval where that of the only study, by its measure, is another than that of the fit."""
    here = limits(outcome.pooled.shown.low, outcome.pooled.shown.high, outcome.display)
    fitted = [study.shown for study in outcome.studies if known(study.shown.estimate)]
    own = [limits(shown.low, shown.high, outcome.display) for shown in fitted]
    if len(own) != 1 or own[0] == here:
        return ""
    scale = "analysis" if outcome.scale == "identity" else outcome.scale
    return f"Its interval here is that of the {scale} scale; by the measure itself it is {own[0]}, as in the table."


def _not_in_the_fit(outcome: OutcomeResult) -> str:
    out = sum(math.isnan(study.shown.estimate) for study in outcome.studies)
    return f"{counted(out, 'further study has', 'further studies have')} no estimate (see the notes)." if out else ""


def _direction(outcome: OutcomeResult) -> str:
    if outcome.null_shown is None:
        return "One arm without a comparison: the number describes what happened, not what the treatment changed."
    if not all(outcome.favours):
        return ""
    left, right = (_favours(words) for words in outcome.favours)
    null = f"{outcome.null_shown:g}{unit(outcome)}"
    return f"Below {null}: {left}; above {null}: {right}."


def _favours(words: str) -> str:
    return words[:1].lower() + words[1:] if words.lower().startswith("favours") else f"favours {words}"


def _predicted(outcome: OutcomeResult) -> str:
    pooled = outcome.pooled
    name = f"{level(outcome.level)} prediction interval"
    if pooled.prediction_shown is None or any(math.isnan(value) for value in pooled.prediction_shown):
        return f"No prediction interval: {no_prediction(pooled, outcome)}."
    bounds = prediction_cell(pooled, outcome) + unit(outcome)
    return f"{name} {bounds}: where the true result of a further, similar study is expected."


def _figures(outcome: OutcomeResult, at: Index) -> list[Block]:
    figures = at.pictures(outcome.id, "forest")[: 1 if outcome.subgroups else None]
    placed = {*PLACED, "forest", *(result.name for result in outcome.further)}
    figures += [figure for figure in at.pictures(outcome.id) if figure.kind not in placed]
    return [*figures]


def _choices(outcome: OutcomeResult, at: Index) -> list[Block]:
    lines = [fill("**{}:** {}", name, prose(value)) for name, value in outcome.choices.items()]
    if outcome.statuses:
        counts = ", ".join(f"{status} {number}" for status, number in outcome.statuses.items())
        lines.append(fill("**studies by status of their rows:** {}", prose(counts)))
    block = long(f"All {len(lines)} choices", bullets(lines), len(lines), at.fold_above)
    return [heading(4, "Choices"), block] if lines else []
