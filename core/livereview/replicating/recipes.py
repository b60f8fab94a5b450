"""Ways in which a published pool may have been computed, each with what departs from the method that was stated.

A recipe names plugins with their options; nothing is computed here. "Random effects" stated without more may be
DerSimonian and Laird's by inverse variance or about the Mantel-Haenszel estimate (RevMan 5); "fixed effect" may be by
inverse variance or Mantel and Haenszel. Every other way departs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError

from livereview.bound import Bound
from livereview.manifest.models import MeasureChoice, ModelChoice
from livereview.plugins import Plugins
from livereview.types import EffectMeasure, EffectModel

#: Name and options of a plugin, what it does in words, what departs.
_Way = tuple[str, Mapping[str, Any], str, tuple[str, ...]]
_RANDOM: tuple[_Way, ...] = (
    ("random-effects", {"tau2": "DL", "interval": "wald"}, "DerSimonian-Laird", ()),
    ("mantel-haenszel-random", {}, "DerSimonian-Laird about the Mantel-Haenszel estimate (RevMan 5)", ()),
)
_FIXED: tuple[_Way, ...] = (
    ("mantel-haenszel", {}, "Mantel-Haenszel", ()),
    ("common-effect", {}, "inverse variance, common effect", ()),
)
#: Further ways to pool at random: they depart, since readers and programs meant DerSimonian and Laird by it.
_OTHER_RANDOM: tuple[_Way, ...] = (
    ("random-effects", {"tau2": "REML", "interval": "wald"}, "REML", ("tau² by REML",)),
    ("random-effects", {"tau2": "DL", "interval": "hartung-knapp"}, "DerSimonian-Laird, Hartung-Knapp interval",
     ("Hartung-Knapp interval",)),
)  # fmt: skip
_EXACT = "standard errors from the width of exact intervals"
#: Scales on which proportions are pooled: measure, options, words, departures.
_PROPORTIONS: tuple[_Way, ...] = (
    ("PR", {}, "raw proportions", ()),
    ("PR", {"variance": "exact-interval"}, f"raw proportions, {_EXACT}", (_EXACT,)),
    ("PLO", {}, "logits", ("logit scale",)),
    ("PFT", {}, "Freeman-Tukey double arcsines", ("Freeman-Tukey scale",)),
    ("PAS", {}, "arcsines", ("arcsine scale",)),
    ("PLN", {}, "log proportions", ("log scale",)),
    ("PLN", {"variance": "exact-interval"}, f"log proportions, {_EXACT}", ("log scale", _EXACT)),
    ("PR", {"variance": "unbiased"}, "raw proportions, p(1-p)/(n-1)", ("variance p(1-p)/(n-1)",)),
)
#: Corrections for empty cells that a program may make; each departs from adding 0.5 where a cell is empty.
_ZERO_CELLS = (
    ({"to": "all"}, "0.5 added to every study"),
    ({"to": "none"}, "nothing added to empty cells"),
)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One way: a measure and a model, both bound to options."""

    measure: Bound[EffectMeasure]
    model: Bound[EffectModel]
    words: str
    departures: tuple[str, ...] = ()
    own_interval: bool = False
    """Whether a single study is shown with its own (exact) interval instead of the model's."""

    empty_cells_only: bool = False
    """Whether it differs from another only where a cell is empty."""

    @cached_property
    def key(self) -> tuple[str, str, bool]:
        """What it does, whatever was stated."""
        return self.measure.words(), self.model.words(), self.own_interval


def bound_to(plugins: Plugins, kind: Any, choice: Any) -> Any:
    """The plugin with these options; None where nobody supplies it or it does not have them."""
    registered = plugins.find(kind, choice.name)
    if registered is None:
        return None
    try:
        options = registered.options(choice.options)
    except ValidationError:
        return None
    return Bound(plugin=registered.descriptor, options=options, provider=registered.provider)


@lru_cache(maxsize=64)
def recipes(plugins: Plugins, measure: str, stated: str | None, empty_cells: bool = False) -> tuple[Recipe, ...]:
    """Every way to pool a measure for the stated model ("random", "fixed", nothing), fewest departures first.

    ``empty_cells``: whether a study has one, so that what is added to it matters.
    """
    found = [
        made
        for name, options, scale, scale_departs in _scales(plugins, measure, empty_cells)
        for model, model_options, words, departs in _models(stated or "")
        if (made := _recipe(plugins, (name, options, scale), (model, model_options, words),
                            (*scale_departs, *departs))) is not None
    ]  # fmt: skip
    own = [
        Recipe(
            measure=item.measure, model=item.model, own_interval=True, departures=item.departures,
            words="one study, its own exact interval",
        )
        for item in found[:1]
        if item.measure.plugin.display == "proportion"
    ]  # fmt: skip
    registered = plugins.find(EffectMeasure, measure)
    if registered is not None and registered.descriptor.name == "OR":
        peto = _recipe(plugins, ("PETO", {}, "OR"), ("peto", {}, "Peto"), ("Peto's method",))
        found += [] if peto is None else [peto]
    return tuple(sorted([*own, *found], key=lambda item: len(item.departures)))


def is_proportion(plugins: Plugins, measure: str) -> bool:
    """Whether a measure is a proportion of one arm."""
    registered = plugins.find(EffectMeasure, measure)
    return registered is not None and registered.descriptor.name == "PR"


def _scales(plugins: Plugins, measure: str, empty_cells: bool) -> Iterator[_Way]:
    if is_proportion(plugins, measure):
        yield from _PROPORTIONS
        return
    yield measure, {}, measure, ()
    for options, words in _ZERO_CELLS if empty_cells else ():
        yield measure, options, f"{measure}, {words}", (words,)


def _models(stated: str) -> Iterator[_Way]:
    random, fixed = stated.startswith("random"), stated.startswith(("fixed", "common"))
    another = ("another model than stated",)
    for name, options, words, _ in _RANDOM:
        yield name, options, words, another if fixed else ()
    for name, options, words, _ in _FIXED:
        yield name, options, words, another if random else ()
    for name, options, words, departs in _OTHER_RANDOM if not fixed else ():
        yield name, options, words, departs


def _recipe(
    plugins: Plugins,
    scale: tuple[str, Mapping[str, Any], str],
    model: tuple[str, Mapping[str, Any], str],
    departures: tuple[str, ...],
) -> Recipe | None:
    """The recipe, if its plugins are there and go together."""
    measure = bound_to(plugins, EffectMeasure, MeasureChoice.model_validate({"name": scale[0], **scale[1]}))
    chosen = bound_to(plugins, EffectModel, ModelChoice.model_validate({"name": model[0], **model[1]}))
    if measure is None or chosen is None:
        return None
    if chosen.plugin.measures and measure.plugin.name not in chosen.plugin.measures:
        return None
    corrected = any(words in departures for _, words in _ZERO_CELLS)
    return Recipe(
        measure=measure, model=chosen, words=f"{scale[2]}, {model[2]}", departures=departures,
        empty_cells_only=corrected,
    )  # fmt: skip
