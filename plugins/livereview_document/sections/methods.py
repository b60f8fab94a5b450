"""How the numbers came about: every choice, in words, once where all outcomes share it; and the literature."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import OutcomeResult, Report
from livereview.printing import counted
from livereview_document.blocks import Block, bullets, heading, long, stated, table
from livereview_document.cells import has_number
from livereview_document.index import Index
from livereview_document.sections.heterogeneity import I2_BASIS, PREDICTION_DF
from livereview_document.words import Words, code, doi_link, fill, joined, prose, text

SCALES = {
    "log": "pooled as natural logarithms",
    "logit": "pooled as logits",
    "arcsine": "pooled after the arcsine transformation",
    "freeman-tukey": "pooled after the Freeman–Tukey double arcsine transformation",
    "log-log": "pooled on the log(−log) scale",
    "fisher-z": "pooled as Fisher's z",
    "identity": "pooled",
}
DISPLAYS = {
    "ratio": "ratios", "proportion": "percentages", "difference": "differences", "rate": "rates", "mean": "means",
    "correlation": "correlations",
}  # fmt: skip
STATUSES = (
    "Every number has a status. Verified: seen in the source named. Derived: computed from numbers that were seen. "
    "From-review: seen only in a secondary source. Reconstructed: the numbers that reproduce a published result, not "
    "read in a primary report. Unverified: not checked against a source. Reconstructed and unverified numbers are "
    "pooled only where the manifest asks for that status, and then the outcome says so."
)
COUNTED = (
    "A study enters a fit once, whatever number of reports, arms or timepoints it has. Studies and rows that were set "
    "aside stay listed at the outcome, with the reason. A method that could not be used was not replaced by another."
)
REPORTED = (
    "An interval that a report printed was turned into a standard error; the interval shown here is computed from "
    "that, so its last digit may differ from the printed one, which stands beside it."
)
OWN = (
    "The interval of a study in a table or figure is that of its measure, such as the exact one of a proportion; a "
    "fit has the interval of its model, also where it holds one study only."
)
ROUNDING = (
    "Numbers are rounded for print only: ratios to 2 decimals (3 significant digits below 0.1), percentages to 1, "
    "differences and means by the width of their interval, I² to a whole percentage, tau² to 3 significant digits, "
    "P to 3 decimals."
)


_HETEROGENEITY = (
    "Cochran WG. The combination of estimates from different experiments. Biometrics 1954;10:101. doi:10.2307/3001666",
    "Higgins JPT, Thompson SG. Quantifying heterogeneity in a meta-analysis. Stat Med 2002;21:1539. "
    "doi:10.1002/sim.1186",
)
_PREDICTION = (
    "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects meta-analysis. "
    "J R Stat Soc A 2009;172:137. doi:10.1111/j.1467-985X.2008.00552.x",
)


def methods_section(report: Report, at: Index) -> list[Block]:
    """Effects, choices, heterogeneity, statuses, reproduction, literature."""
    blocks = [heading(2, "Methods", "methods"), stated("**Counting.** {}", prose(COUNTED))]
    if report.outcomes:
        blocks += [
            stated("**Effects.** From the recorded numbers of each study:"),
            bullets(_effects(report.outcomes)),
        ]
        blocks += _choices(report.outcomes, at)
        blocks.append(stated("**Heterogeneity and prediction.** {}", prose(_heterogeneity(report.outcomes))))
        blocks += _further(report.outcomes)
        blocks += _intervals(report.outcomes)
    blocks.append(stated("**Status of numbers.** {}", prose(STATUSES)))
    blocks.append(stated("**Rounding.** {}", prose(ROUNDING)))
    blocks.append(_reproduction(report))
    return blocks + _literature(report.outcomes)


def _effects(outcomes: Sequence[OutcomeResult]) -> list[Words]:
    kinds: dict[tuple[str, str, str, str], list[str]] = {}
    for outcome in outcomes:
        key = (outcome.measure_title, outcome.measure, outcome.scale, outcome.display)
        kinds.setdefault(key, []).append(outcome.title)
    lines = []
    for (title, measure, scale, display), titles in kinds.items():
        how = SCALES.get(scale, f"pooled on the {scale} scale")
        shown = DISPLAYS.get(display, display)
        lines.append(fill("{} ({}), {} and shown as {}: {}", title, code(measure), how, shown, joined(titles, "; ")))
    return lines


def _intervals(outcomes: Sequence[OutcomeResult]) -> list[Block]:
    """Why an interval of a single study may differ from the paper's, or from the one in the line of the result."""
    studies = [study for outcome in outcomes for study in outcome.studies]
    lines = []
    if any("ci_low" in study.data for study in studies):
        lines.append(REPORTED)
    if any(outcome.display == "proportion" and "events" in s.data for outcome in outcomes for s in outcome.studies):
        lines.append(OWN)
    return [stated("**Intervals of single studies.** {}", prose(" ".join(lines)))] if lines else []


def _choices(outcomes: Sequence[OutcomeResult], at: Index) -> list[Block]:
    names = list(dict.fromkeys(name for outcome in outcomes for name in outcome.choices))
    shared, differing = [], []
    for name in names:
        values: dict[str, list[str]] = {}
        for outcome in outcomes:
            if name in outcome.choices:
                values.setdefault(outcome.choices[name], []).append(outcome.title)
        held = sum(len(titles) for titles in values.values())
        if len(values) == 1 and held == len(outcomes):
            shared.append(fill("{}: {}", name, prose(next(iter(values)))))
        else:
            most = max(values.values(), key=len)
            rest = "every other outcome" if held == len(outcomes) else "every other outcome with this choice"
            rest = rest if len(values) > 1 else "every outcome with this choice"
            differing += [
                (name, prose(value), rest if titles is most and len(titles) > 3 else joined(titles, "; "))
                for value, titles in values.items()
            ]
    blocks = [stated("**Choices of all outcomes.** {}.", joined(shared, "; "))] if shared else []
    if differing:
        told = table(("Choice", "Value", "Outcomes"), differing)
        title = f"Choices that differ between outcomes ({len(differing)})"
        blocks.append(
            stated("**Choices that differ between outcomes.** Each outcome's own section lists all of its own.")
        )
        blocks.append(long(title, told, len(differing), at.fold_above))
    return blocks


def _heterogeneity(outcomes: Sequence[OutcomeResult]) -> str:
    bases = dict.fromkeys(outcome.i2_basis for outcome in outcomes)
    conventions = dict.fromkeys(outcome.pooled.prediction_df for outcome in outcomes if outcome.pooled.prediction_shown)
    return " ".join(
        [
            "Q is the weighted sum of squared deviations of the effects from their inverse-variance common-effect "
            "mean, or from the model's own estimate where its method defines it so; its P is that of the chi-squared "
            "distribution with k − 1 degrees of freedom.",
            *(f"I² is taken {I2_BASIS.get(basis, basis)}; H² has the same basis." for basis in bases),
            *(f"Prediction intervals use the {PREDICTION_DF.get(name, name)}." for name in conventions),
        ]
    )


def _further(outcomes: Sequence[OutcomeResult]) -> list[Block]:
    lines = []
    if any(outcome.subgroups for outcome in outcomes):
        lines.append(
            "Subgroups: each group is pooled by the outcome's model; differences are tested by Q between groups."
        )
    if any(outcome.leave_one_out for outcome in outcomes):
        lines.append("Leave-one-out: the outcome's model is fitted again without each study in turn.")
    if any(outcome.cumulative for outcome in outcomes):
        lines.append("Cumulative: the outcome's model is fitted again each time a study is added.")
    summaries = {test.name: test.summary.rstrip(".") for outcome in outcomes for test in outcome.bias}
    told = [fill("Small-study effects: {} ({}).", prose(words), code(name)) for name, words in summaries.items()]
    done = [result for outcome in outcomes for result in outcome.further]
    told += dict.fromkeys(
        fill("{} ({}): {}.", result.title, code(result.name), prose(result.options or "no options")) for result in done
    )
    listed = [*lines, *told]
    return [stated("**Further analyses.**"), bullets(listed)] if listed else []


def _reproduction(report: Report) -> Block:
    made = report.provenance
    versions = ", ".join(f"{name} {number}" for name, number in sorted(made.versions.items()))
    return stated(
        "**Reproducing this report.** It is made from snapshot {} of the evidence store ({}) and the manifest "
        "{} with SHA-256 {}, by {}. The same three give the same bytes: no clock "
        "enters. A date alone does not name the evidence, since rows may be merged later with an earlier date.",
        code(made.snapshot), counted(made.batches, "batch", "batches"), code(made.manifest), code(made.manifest_hash),
        versions or "versions that are not recorded",
    )  # fmt: skip


def _literature(outcomes: Sequence[OutcomeResult]) -> list[Block]:
    """What the plugins used cite, and the sources of what the core derives from every fit, each once."""
    cited = dict.fromkeys(reference for outcome in outcomes for reference in outcome.references)
    fitted = [outcome for outcome in outcomes if has_number(outcome.pooled)]
    cited |= dict.fromkeys(_HETEROGENEITY if fitted else ())
    cited |= dict.fromkeys(_PREDICTION if any(outcome.pooled.prediction_shown for outcome in fitted) else ())
    lines = [_linked(reference) for reference in cited]
    return [stated("**Literature of the methods named above:**"), bullets(lines)] if lines else []


def _linked(reference: str) -> Words:
    """A reference with its DOI as a link, where it ends in one."""
    words, _, doi = reference.partition("doi:")
    link = doi_link(doi.strip().rstrip(".")) if doi else None
    return text(reference) if link is None else joined([text(words.strip()), link], " ")
