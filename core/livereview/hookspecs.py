"""The doors: eleven registration hooks, in the order in which a run uses them.

Each takes no arguments and returns descriptors (see ``types``; ``further`` for further analyses and presets,
``instruments`` for instruments, ``certainty`` and ``rated`` for certainty domains, ``audits`` and ``audited`` for audit
checks, ``triggers`` for triggers, ``report`` for renderers). A plugin is a module or
package named in the entry-point group ``livereview``; built-in plugins use the same door. Every hook is called on
every plugin, and nothing depends on the order. The example under each hook is run by the tests.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from livereview.audits import AuditCheck
from livereview.certainty import CertaintyDomain
from livereview.further import FurtherAnalysis, Preset
from livereview.instruments import Instrument
from livereview.renderers import Renderer
from livereview.sources import DataSource
from livereview.triggers import Trigger
from livereview.types import BiasTest, EffectMeasure, EffectModel

GROUP = "livereview"
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def livereview_data_sources() -> Iterable[DataSource]:  # type: ignore[empty-body]
    """Sources of evidence rows.

    >>> from livereview import DataSource, Fetched, Options, hookimpl
    >>> @hookimpl
    ... def livereview_data_sources():
    ...     return [DataSource(name="nothing", summary="Brings no rows.",
    ...                        fetch=lambda request, options: Fetched())]
    >>> livereview_data_sources()[0].name
    'nothing'
    """


@hookspec
def livereview_instruments() -> Iterable[Instrument]:  # type: ignore[empty-body]
    """Instruments with which studies are appraised.

    >>> from livereview import Instrument, InstrumentItem, hookimpl
    >>> @hookimpl
    ... def livereview_instruments():
    ...     blinding = InstrumentItem(name="Q1", title="Were assessors blinded?", scores=("0", "1"))
    ...     return [Instrument(name="blinding", title="Blinding", summary="One question.", items=(blinding,))]
    >>> livereview_instruments()[0].items[0].scores
    ('0', '1')
    """


@hookspec
def livereview_effect_measures() -> Iterable[EffectMeasure]:  # type: ignore[empty-body]
    """Ways to turn study data into an effect and its variance.

    >>> import numpy as np
    >>> from livereview import EffectMeasure, RowsNeeded, StudyEffects, hookimpl
    >>> def log_mean(data, options):
    ...     return StudyEffects(effect=np.log(data["mean"]), variance=(data["sd"] / data["mean"]) ** 2 / data["n"])
    >>> @hookimpl
    ... def livereview_effect_measures():
    ...     need = RowsNeeded(layout="one-arm", measures=("mean",), columns=("mean", "sd", "n"))
    ...     return [EffectMeasure(name="MNLN", title="Log mean", summary="Log of a mean.", rows=lambda options: need,
    ...                           effects=log_mean, scale="log", back_transform=lambda value, n: np.exp(value))]
    >>> livereview_effect_measures()[0].title
    'Log mean'
    """


@hookspec
def livereview_effect_models() -> Iterable[EffectModel]:  # type: ignore[empty-body]
    """Ways to pool effects. One 1-D function is enough; the core lifts it over subgroups and leave-one-out.

    >>> import numpy as np
    >>> from livereview import EffectModel, Fit, hookimpl
    >>> def unweighted(studies, options):
    ...     k = studies.effect.size
    ...     return Fit(estimate=studies.effect.mean(), standard_error=np.sqrt(studies.variance.sum()) / k,
    ...                weights=np.full(k, 1 / k))
    >>> @hookimpl
    ... def livereview_effect_models():
    ...     return [EffectModel(name="unweighted", summary="Plain mean of the effects.", fit=unweighted)]
    >>> livereview_effect_models()[0].vectorized
    False
    """


@hookspec
def livereview_bias_tests() -> Iterable[BiasTest]:  # type: ignore[empty-body]
    """Tests for small-study effects.

    >>> from livereview import BiasTest, BiasTestResult, hookimpl
    >>> def sign(studies, options):
    ...     return BiasTestResult(statistic=float((studies.effect > 0).mean()), statistic_name="share", p_value=1.0)
    >>> @hookimpl
    ... def livereview_bias_tests():
    ...     return [BiasTest(name="sign", summary="Share of positive effects.", test=sign)]
    >>> livereview_bias_tests()[0].minimum_studies
    3
    """


@hookspec
def livereview_further_analyses() -> Iterable[FurtherAnalysis]:  # type: ignore[empty-body]
    """Looks at an outcome beyond its pooled estimate: tables and plots.

    >>> from livereview import Analysed, Column, FurtherAnalysis, Table, hookimpl
    >>> def largest(request, options):
    ...     at = int(request.studies.effect.argmax())
    ...     columns = (Column(name="study", kind="text"), Column(name="effect", kind="effect"))
    ...     row = (request.studies.labels[at], float(request.studies.effect[at]))
    ...     return Analysed(tables=(Table(title="Largest effect", columns=columns, rows=(row,)),))
    >>> @hookimpl
    ... def livereview_further_analyses():
    ...     return [FurtherAnalysis(name="largest", title="Largest effect", summary="The largest effect.", run=largest)]
    >>> livereview_further_analyses()[0].minimum_studies
    2
    """


@hookspec
def livereview_presets() -> Iterable[Preset]:  # type: ignore[empty-body]
    """The choices of a program or a guideline under one name.

    >>> from livereview import Preset, hookimpl
    >>> def house_style(measure):
    ...     return {"model": {"name": "random-effects", "tau2": "PM"}, "prediction": "k-2"}
    >>> @hookimpl
    ... def livereview_presets():
    ...     return [Preset(name="our-house", summary="As our institute pools.", choices=house_style)]
    >>> livereview_presets()[0].choices("RR")["prediction"]
    'k-2'
    """


@hookspec
def livereview_certainty_domains() -> Iterable[CertaintyDomain]:  # type: ignore[empty-body]
    """Reasons to rate the certainty of evidence down or up: drafts that people sign or change.

    >>> from livereview import CertaintyDomain, DomainJudgement, hookimpl
    >>> def one_study(evidence, options):
    ...     alone = evidence.outcome.pooled.k == 1
    ...     return DomainJudgement(levels=-1 if alone else 0, reason="one study" if alone else "several studies")
    >>> @hookimpl
    ... def livereview_certainty_domains():
    ...     return [CertaintyDomain(name="replication", title="Replication", summary="One study.", judge=one_study)]
    >>> livereview_certainty_domains()[0].direction
    'down'
    """


@hookspec
def livereview_audit_checks() -> Iterable[AuditCheck]:  # type: ignore[empty-body]
    """Things that an audit looks for in evidence and results.

    >>> from livereview import AuditCheck, AuditCode, AuditFinding, AuditPlace, hookimpl
    >>> ROUND = AuditCode(code="round-count", severity="note", title="Round count")
    >>> def round_counts(request, options):
    ...     for row in request.rows("results"):
    ...         if row["n"] and row["n"] % 100 == 0:
    ...             place = AuditPlace(table="results", row_id=row["row_id"], columns=("n",))
    ...             yield AuditFinding(code=ROUND.code, message=f"exactly {row['n']} people", remedy="Look it up.",
    ...                                place=place)
    >>> @hookimpl
    ... def livereview_audit_checks():
    ...     return [AuditCheck(name="round", title="Round counts", summary="Counts that are round numbers.",
    ...                        codes=(ROUND,), find=round_counts)]
    >>> livereview_audit_checks()[0].family
    'arithmetic'
    """


@hookspec
def livereview_triggers() -> Iterable[Trigger]:  # type: ignore[empty-body]
    """Rules that say when an update is consequential.

    >>> from livereview import Trigger, hookimpl
    >>> def first_trial(before, after, options):
    ...     return "the first study came" if before.k == 0 < after.k else None
    >>> @hookimpl
    ... def livereview_triggers():
    ...     return [Trigger(name="first-trial", summary="The first study comes.", fires=first_trial)]
    >>> livereview_triggers()[0].inapplicable is None
    True
    """


@hookspec
def livereview_renderers() -> Iterable[Renderer]:  # type: ignore[empty-body]
    """Writers of report files.

    >>> from livereview import RenderedFile, Renderer, hookimpl
    >>> def render(request, options):
    ...     return [RenderedFile(path="title.txt", content=request.report.review.title.encode())]
    >>> @hookimpl
    ... def livereview_renderers():
    ...     return [Renderer(name="title", summary="Only the title.", render=render)]
    >>> livereview_renderers()[0].stage
    'document'
    """
