"""What a reader is told who points at a study or a diamond: numbers in full words, and where they come from."""

from __future__ import annotations

from livereview import OutcomeResult, Pooled, StudyResult
from livereview.printing import counted, weight
from livereview_figures.drawing.text import clean, estimable, heterogeneity, known, model_phrase, study_label
from livereview_figures.forest.subject import Subject

_CHANGES = {"new": "new since the previous update", "changed": "changed since the previous update"}


def study_tip(subject: Subject, study: StudyResult) -> str:
    """Label, raw numbers, effect with its interval, weight, sources: a line each."""
    lines = [study_label(study)]
    data = subject.arms.in_words(study)
    lines += [data] if data else []
    lines.append(_effect(subject, study))
    if known(study.weight) and estimable(study):
        lines.append(f"Weight {weight(study.weight)}")
    lines += [_CHANGES[study.change]] if study.change in _CHANGES else []
    sources = dict.fromkeys(
        ", ".join(part for part in (clean(row.citation), clean(row.locator), row.status) if part) for row in study.rows
    )
    lines += [f"Source: {source}" for source in sources]
    return "\n".join(lines)


def _effect(subject: Subject, study: StudyResult) -> str:
    outcome = subject.outcome
    measure = clean(outcome.measure_title)
    if not estimable(study):
        return f"{measure}: not estimable"
    return f"{measure} {subject.format.sentence(study.shown, outcome.level)}"


def pool_tip(subject: Subject, title: str, pooled: Pooled, outcome: OutcomeResult | None = None) -> str:
    """Studies, people, effect with its interval, heterogeneity, model: a line each."""
    of = outcome or subject.outcome
    lines = [title, counted(pooled.k, "study", "studies")]
    if pooled.participants is not None:
        lines[-1] += f", {counted(pooled.participants, 'participant')}"
    lines.append(f"{clean(of.measure_title)} {subject.format.sentence(pooled.shown, of.level)}")
    spread = heterogeneity(pooled, of.i2_basis)
    lines += [spread] if spread else []
    return "\n".join([*lines, model_phrase(of)])
