"""The kinds of plugin that a package can be started with: what people call them, and what their example needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livereview.audits import AuditCheck
from livereview.certainty import CertaintyDomain
from livereview.errors import ExpectedError
from livereview.further import FurtherAnalysis, Preset
from livereview.instruments import Instrument
from livereview.manifest.words import among, nearest, printable
from livereview.renderers import Renderer
from livereview.sources import DataSource
from livereview.triggers import Trigger
from livereview.types import BiasTest, Descriptor, EffectMeasure, EffectModel


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of plugin; the folder of its templates has its name."""

    name: str
    descriptor: type[Descriptor]
    about: str
    """What the example does, as one sentence."""
    libraries: tuple[str, ...] = ()
    """What the example imports besides livereview, as requirements."""
    untyped: tuple[str, ...] = ()
    """Those of them that say nothing about types."""


_NUMPY, _PYDANTIC = "numpy>=1.26", "pydantic>=2.6"

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="effect-model",
            descriptor=EffectModel,
            about="It pools effects by their plain mean, with a standard error from their spread.",
            libraries=(_NUMPY,),
        ),
        Kind(
            name="effect-measure",
            descriptor=EffectMeasure,
            about="It compares the shares of two arms that stay free of an event.",
            libraries=(_NUMPY,),
        ),
        Kind(
            name="bias-test",
            descriptor=BiasTest,
            about="It correlates the effects with their standard errors by rank.",
            libraries=("scipy>=1.12",),
            untyped=("scipy",),
        ),
        Kind(
            name="further-analysis",
            descriptor=FurtherAnalysis,
            about="It pools the earlier and the later half of the studies.",
            libraries=(_NUMPY,),
        ),
        Kind(
            name="data-source",
            descriptor=DataSource,
            about="It reads a JSON file of tables.",
            libraries=(_PYDANTIC,),
        ),
        Kind(name="renderer", descriptor=Renderer, about="It writes a line for each outcome as CSV."),
        Kind(
            name="instrument",
            descriptor=Instrument,
            about="It asks three questions on how outcomes were measured; they are an example, and published nowhere.",
        ),
        Kind(
            name="preset",
            descriptor=Preset,
            about="It sets model, interval and prediction by one name.",
        ),
        Kind(
            name="trigger",
            descriptor=Trigger,
            about="It says that an update matters when a number of studies is reached.",
            libraries=(_PYDANTIC,),
        ),
        Kind(
            name="certainty-domain",
            descriptor=CertaintyDomain,
            about="It drafts a level down where one study has most of the weight.",
            libraries=(_PYDANTIC,),
        ),
        Kind(
            name="audit-check",
            descriptor=AuditCheck,
            about="It finds two arms of one study with the same numbers.",
        ),
    )
}


def kind_named(name: str) -> Kind:
    """The kind that a person means, also by the name that hooks have for it; ExpectedError with the nearest name."""
    by_word = {kind.descriptor.kind: kind for kind in KINDS.values()} | dict(KINDS)
    found = by_word.get(name)
    if found is None:
        raise ExpectedError(
            f'There is no kind of plugin "{printable(name)}".{nearest(name, by_word)} Kinds: {among(KINDS)}.'
        )
    return found
