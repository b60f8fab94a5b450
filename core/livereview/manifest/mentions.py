"""Plugins that a manifest names: whether somebody supplies them, and whether their options are right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from livereview.audits import AuditCheck
from livereview.certainty import CertaintyDomain
from livereview.further import FurtherAnalysis, Preset
from livereview.manifest.audit import CHECKS
from livereview.manifest.mistakes import Mistake, among, from_validation, nearest
from livereview.manifest.models import BUILT_IN, SERIES, Manifest
from livereview.manifest.places import Path
from livereview.manifest.summary import DOMAINS
from livereview.plugins import Plugins
from livereview.renderers import Renderer
from livereview.sources import DataSource
from livereview.triggers import Trigger
from livereview.types import BiasTest, Descriptor, EffectMeasure, EffectModel


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One plugin named in a manifest, in data that is not validated yet."""

    path: Path
    kind: type[Descriptor]
    name: str
    options: Mapping[str, Any]


def plugin_mistakes(data: Mapping[str, Any], plugins: Plugins) -> list[Mistake]:
    """Mistakes in the plugins that a manifest names and in their options; works on unvalidated data."""
    named = [mistake for mention in mentions(data) for mistake in _mistakes(mention, plugins)]
    return named + [mistake for mention in _built_in(data) for mistake in _mistakes(mention, plugins, " by default")]


def _mistakes(mention: Mention, plugins: Plugins, how: str = "") -> list[Mistake]:
    if mention.kind is FurtherAnalysis and mention.name in SERIES:
        return [
            Mistake(path=(*mention.path, key), message=f"unknown key: {mention.name} has no options.")
            for key in mention.options
        ]
    registered = plugins.find(mention.kind, mention.name)
    if registered is None:
        return [Mistake(path=mention.path, message=_nobody(mention, plugins, how))]
    try:
        registered.options(mention.options)
    except ValidationError as error:
        return from_validation(error, registered.descriptor.options, mention.path, mention.options)
    except Exception as error:  # a check of the plugin's own that breaks
        message = (
            f"{registered.provider} cannot check its options: {type(error).__name__}: {' '.join(str(error).split())}."
        )
        return [Mistake(path=mention.path, message=message)]
    return []


def _nobody(mention: Mention, plugins: Plugins, how: str) -> str:
    own = SERIES if mention.kind is FurtherAnalysis else ()
    names = [*own, *plugins.names(mention.kind)]
    message = f'no {mention.kind.kind} is called "{mention.name}"'
    message += f", which is used{how}." if how else f".{nearest(mention.name, names)}"
    available = [*own, *plugins.of(mention.kind)]
    message += f" Available: {among(available)}." if available else " There is none."
    missing = "; ".join(f"{line.name} ({line.state}: {line.reason})" for line in plugins.not_active())
    return message + (f" Not loaded: {missing}." if missing else "")


def mentions(data: Mapping[str, Any]) -> Iterator[Mention]:
    """Every plugin that a manifest names, with the place and the options."""
    for section, kind in (("sources", DataSource), ("renderers", Renderer)):
        for index, value in _elements(data.get(section)):
            yield from _mention((section, index), kind, value, "plugin")
    yield from _in_analysis(("defaults",), data.get("defaults"))
    for index, outcome in _elements(data.get("outcomes")):
        yield from _in_analysis(("outcomes", index), outcome)
    summary = data.get("summary_of_findings")
    for index, domain in _listed(summary.get("domains") if isinstance(summary, Mapping) else None):
        yield from _mention(("summary_of_findings", "domains", index), CertaintyDomain, domain)
    audit = data.get("audit")
    for index, check in _listed(audit.get("checks") if isinstance(audit, Mapping) else None):
        yield from _mention(("audit", "checks", index), AuditCheck, check)


def _in_analysis(path: Path, part: Any) -> Iterator[Mention]:
    if not isinstance(part, Mapping):
        return
    yield from _mention((*path, "measure"), EffectMeasure, part.get("measure"))
    yield from _mention((*path, "model"), EffectModel, part.get("model"))
    yield from _mention((*path, "preset"), Preset, part.get("preset"))
    bias = part.get("bias")
    for index, test in _listed(bias.get("tests") if isinstance(bias, Mapping) else None):
        at = (*path, "bias", "tests", index)
        yield from _mention(at, BiasTest, test, own=("measure",))
        yield from _mention((*at, "measure"), EffectMeasure, test.get("measure") if isinstance(test, Mapping) else None)
    for index, analysis in _listed(part.get("analyses")):
        yield from _mention((*path, "analyses", index), FurtherAnalysis, analysis)
    for index, trigger in _listed(part.get("triggers")):
        yield from _mention((*path, "triggers", index), Trigger, trigger)
    yield from _in_stability((*path, "stability"), part.get("stability"))
    for index, sensitivity in _elements(part.get("sensitivity")):
        yield from _in_analysis((*path, "sensitivity", index), sensitivity)


def _in_stability(path: Path, part: Any) -> Iterator[Mention]:
    if isinstance(part, Mapping):
        for key, kind in (("measures", EffectMeasure), ("models", EffectModel)):
            for index, item in _listed(part.get(key)):
                yield from _mention((*path, key, index), kind, item)


def _mention(
    path: Path, kind: type[Descriptor], value: Any, key: str = "name", own: tuple[str, ...] = ()
) -> Iterator[Mention]:
    """A name, or a table with name and options; the models report anything else."""
    if isinstance(value, str):
        yield Mention(path=path, kind=kind, name=value, options={})
    elif isinstance(value, Mapping) and isinstance(value.get(key), str):
        options = {name: item for name, item in value.items() if name not in (key, *own)}
        yield Mention(path=path, kind=kind, name=value[key], options=options)


def _elements(value: Any) -> list[tuple[int, Any]]:
    return list(enumerate(value)) if isinstance(value, list) else []


def _listed(value: Any) -> list[tuple[int, Any]]:
    """The elements of a list; a single text stands for a list of one."""
    return _elements([value] if isinstance(value, str) else value)


def _built_in(data: Mapping[str, Any]) -> Iterator[Mention]:
    """Plugins that are used although the manifest does not name them."""
    if "renderers" not in data:
        for choice in Manifest.model_fields["renderers"].default:
            yield Mention(path=("renderers",), kind=Renderer, name=choice.name, options={})
    defaults = data.get("defaults")
    parts = [part for _, part in _elements(data.get("outcomes"))]

    def left_open(key: str) -> bool:
        asked = [isinstance(part, Mapping) and key in part for part in (defaults, *parts)]
        return not asked[0] and not all(asked[1:])

    if left_open("model") and BUILT_IN.model is not None:
        yield Mention(path=("defaults", "model"), kind=EffectModel, name=BUILT_IN.model.name, options={})
    for choice in BUILT_IN.triggers or () if left_open("triggers") else ():
        yield Mention(path=("defaults", "triggers"), kind=Trigger, name=choice.name, options=choice.options)
    summary = data.get("summary_of_findings")
    if isinstance(summary, Mapping) and "domains" not in summary:
        for choice in DOMAINS:
            yield Mention(path=("summary_of_findings",), kind=CertaintyDomain, name=choice.name, options={})
    audit = data.get("audit")
    if audit is None or (isinstance(audit, Mapping) and "checks" not in audit):
        for choice in CHECKS:
            yield Mention(path=("audit",), kind=AuditCheck, name=choice.name, options={})
