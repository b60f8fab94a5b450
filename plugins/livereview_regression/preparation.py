"""What a meta-regression is fitted to: the studies that state every moderator, and the columns; or why it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array, PluginError
from livereview_estimation import meta_regression
from livereview_regression.moderators import Design, design, moderator

#: Fewer studies for each coefficient beside the intercept are too few to believe; Cochrane Handbook 6.5, 10.11.5.
PER_COLUMN = 10


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Effects, variances and design of the k studies in the regression."""

    y: Array
    v: Array
    design: Design
    labels: tuple[str, ...]
    notes: tuple[str, ...]


def prepared(
    request: AnalysisRequest,
    names: Sequence[str],
    categories: Sequence[str],
    reference: Mapping[str, str],
    centre: bool,
) -> Prepared:
    """Raises ``PluginError`` where a moderator is unknown, constant or a combination of others, or studies too few."""
    for name in [*categories, *reference]:
        if name not in names:
            raise PluginError(f'"{name}" is not among the moderators ({", ".join(names)}).')
    if len(set(names)) < len(names):
        raise PluginError(f"A moderator is named twice: {', '.join(names)}.")
    every = [moderator(name, request.characteristics, name in categories, reference.get(name)) for name in names]
    columns = design(every, centre)
    kept = columns.kept
    labels = request.studies.labels
    notes = []
    if not kept.all():
        missing = {labels[i]: [item.name for item in every if not item.stated[i]] for i in np.flatnonzero(~kept)}
        left = "; ".join(f"{label} ({', '.join(what)})" for label, what in missing.items())
        notes.append(f"left out, since a moderator is not stated: {left}")
    y, v = request.studies.effect[kept], request.studies.variance[kept]
    _refuse(columns, y, v)
    return Prepared(
        y=y,
        v=v,
        design=columns,
        labels=tuple(label for label, stays in zip(labels, kept, strict=True) if stays),
        notes=(*notes, *_cautions(columns)),
    )


def _refuse(columns: Design, y: Array, v: Array) -> None:
    """``PluginError`` where the regression cannot be fitted."""
    k, p = columns.matrix.shape
    for term in columns.terms:
        item = term.moderator
        if k and (len(item.levels) == 1 or (item.numeric and np.ptp(columns.matrix[:, term.columns[0]]) == 0)):
            raise PluginError(
                f'"{item.name}" is the same in all {k} studies that state every moderator. Take it out, or state more.'
            )
    if k <= p:
        raise PluginError(
            f"{k} studies state every moderator, and the regression has {p} coefficients: it needs at least {p + 1} "
            "studies. Name fewer moderators, or merge levels."
        )
    dependent = int(meta_regression(y, v, columns.matrix, np.ones(k, dtype=bool), "EE").dependent)
    if dependent >= 0:
        raise PluginError(
            f'"{columns.names[dependent]}" is a combination of the moderators before it (collinear), so that their '
            "coefficients cannot be told apart. Take one of them out."
        )


def _cautions(columns: Design) -> list[str]:
    k, p = columns.matrix.shape
    notes = []
    if k < PER_COLUMN * (p - 1):
        notes.append(
            f"{k} studies for {p - 1} coefficient{'s' if p > 2 else ''} beside the intercept: fewer than {PER_COLUMN} "
            "studies for each (Cochrane Handbook, 10.11.5)"
        )
    for term in columns.terms:
        item = term.moderator
        single = [level for place, level in enumerate(item.levels) if (item.values[columns.kept] == place).sum() == 1]
        if single:
            notes.append(f"one study alone has {item.title} = {', '.join(single)}")
        if term.origin:
            notes.append(f"{item.title} is centred at its mean, {term.origin:.6g}")
    return [*notes, "differences between studies are observed, not randomised"]
