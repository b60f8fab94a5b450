"""Sets of studies that models and bias tests are tried on: the smallest first, since the first that fails is shown.

Models that pool effects get effects and variances; those that need counts get counts, with effects by the measure that
they apply to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from livereview.testing.check import Inapplicable, written
from livereview.types import Array, Mask, Studies

#: Effects and variances: two studies, three, five that agree, five that do not, twelve.
_EFFECTS: tuple[tuple[Sequence[float], Sequence[float]], ...] = (
    ((0.3, -0.1), (0.04, 0.09)),
    ((-0.62, -0.21, 0.08), (0.11, 0.05, 0.02)),
    ((-0.41, -0.38, -0.35, -0.44, -0.39), (0.09, 0.03, 0.16, 0.05, 0.21)),
    ((-1.9, 0.35, -0.52, 1.1, -0.08), (0.08, 0.03, 0.16, 0.05, 0.21)),
    (
        (-0.89, -1.59, -1.35, -1.44, -0.22, -0.79, -1.62, 0.01, -0.47, -1.37, -0.34, 0.45),
        (0.33, 0.19, 0.41, 0.02, 0.05, 0.01, 0.22, 0.04, 0.06, 0.07, 0.11, 0.53),
    ),
)
#: Events and people (or person-time) of two arms, without and with a zero.
_TWO_ARMS: tuple[tuple[Sequence[float], ...], ...] = (
    ((12, 30), (60, 110), (20, 33), (61, 105)),
    ((12, 8, 30), (100, 60, 210), (20, 15, 44), (98, 62, 205)),
    ((4, 31, 15, 7, 55), (40, 122, 90, 33, 300), (11, 25, 29, 16, 71), (42, 120, 88, 31, 290)),
    ((9, 0, 17, 3, 41, 12), (80, 40, 95, 20, 210, 50), (14, 3, 15, 9, 80, 10), (78, 41, 99, 22, 205, 51)),
)
_ONE_ARM: tuple[tuple[Sequence[float], ...], ...] = (
    ((12, 30), (60, 110)),
    ((12, 8, 30), (100, 60, 210)),
    ((4, 31, 15, 7, 55), (40, 62, 90, 33, 300)),
    ((9, 0, 17, 19, 41, 12), (30, 40, 95, 20, 110, 50)),
)


def studies(
    effect: Any,
    variance: Any,
    present: Mask | None = None,
    data: Mapping[str, Any] | None = None,
    measure: str = "",
) -> Studies:
    """Studies with fresh arrays, named A, B, C, ...; all present unless a mask is given."""
    y, v = np.array(effect, dtype=np.float64), np.array(variance, dtype=np.float64)
    mask = np.ones(np.broadcast_shapes(y.shape, v.shape), dtype=bool) if present is None else present.copy()
    columns = {name: np.array(column, dtype=np.float64) for name, column in (data or {}).items()}
    labels = tuple(f"Study {index + 1}" for index in range(mask.shape[-1]))
    return Studies(effect=y, variance=v, present=mask, data=columns, measure=measure, labels=labels)


def pools_effects(plugin: Any) -> bool:
    """Whether a plugin sees effects and variances alone, so that what is done to effects must show in its result."""
    return not plugin.needs and not plugin.measures


def sets_of_studies(plugin: Any, counted: bool = False) -> tuple[Studies, ...]:
    """The sets that a model or a test of these needs can be tried on, each with at least its minimum of studies.

    ``counted``: with counts, also where the plugin does not say that it needs them.
    """
    found = _effects() if pools_effects(plugin) and not counted else _counted(plugin)
    return tuple(item for item in found if item.present.sum() >= plugin.minimum_studies)


def _effects() -> list[Studies]:
    sizes = [tuple(100 + 37 * index for index in range(len(y))) for y, _ in _EFFECTS]
    return [studies(y, v, data={"n": n}) for (y, v), n in zip(_EFFECTS, sizes, strict=True)]


def _counted(plugin: Any) -> list[Studies]:
    """Sets with counts, with the effects of the first measure that the plugin applies to."""
    names = set(plugin.needs)
    code = plugin.measures[0] if plugin.measures else ""
    unknown = names - {"events", "n", "time", "events_1", "n_1", "time_1", "events_2", "n_2", "time_2"}
    if unknown:
        raise Inapplicable(f"the kit has no studies with {', '.join(sorted(unknown))}")
    if not code and not names:
        code = "OR"  # a plugin that needs nothing and refuses effects alone is tried with counts
    two = not names or any(name.endswith(("_1", "_2")) for name in names)
    if not names and code:
        two = code not in ("PR", "PLN", "PLO", "PAS", "PFT", "IR", "IRLN")
    return [with_effects(data, code) for data in (_two_arms() if two else _one_arm())]


def _two_arms() -> list[dict[str, Array]]:
    found = []
    for events_1, n_1, events_2, n_2 in _TWO_ARMS:
        columns = {"events_1": events_1, "n_1": n_1, "events_2": events_2, "n_2": n_2}
        times = {"time_1": np.multiply(n_1, 1.5), "time_2": np.multiply(n_2, 1.4)}
        means = {f"{name}_{arm}": value for arm, n, at in (("1", n_1, 5.0), ("2", n_2, 6.0))
                 for name, value in (("mean", at + np.cos(n)), ("sd", 2 + 0.5 * np.sin(n)))}  # fmt: skip
        found.append({name: np.array(column, dtype=np.float64) for name, column in (columns | times | means).items()})
    return found


def _one_arm() -> list[dict[str, Array]]:
    return [
        {"events": np.array(events, float), "n": np.array(n, float), "time": np.multiply(n, 1.5)}
        for events, n in _ONE_ARM
    ]


def with_effects(data: Mapping[str, Array], code: str) -> Studies:
    """Studies with these counts and the effects that a measure gives: that of the installation, else log odds."""
    from livereview.plugins import installed
    from livereview.types import EffectMeasure

    size = len(next(iter(data.values())))
    registered = installed().find(EffectMeasure, code) if code else None
    if registered is None:
        effect, variance = _log_odds(data)
    else:
        from livereview.bound import Bound
        from livereview.numbers import effects_of

        measure = Bound(plugin=registered.descriptor, options=registered.options({}), provider=registered.provider)
        made = effects_of(measure, data, size)
        effect, variance = made.effect, made.variance
    return studies(effect, variance, np.isfinite(effect), data, code)


def _log_odds(data: Mapping[str, Array]) -> tuple[Array, Array]:
    """Log odds, or log odds ratios, with half an event more in every cell."""
    pairs = (("events", "n"),) if "events" in data else (("events_1", "n_1"), ("events_2", "n_2"))
    cells = [(data[events] + 0.5, data[n] - data[events] + 0.5) for events, n in pairs]
    logs = [np.log(yes / no) for yes, no in cells]
    return logs[0] - (logs[1] if len(logs) > 1 else 0), np.sum([1 / yes + 1 / no for yes, no in cells], axis=0)


def changed(
    given: Studies, effect: Any = None, variance: Any = None, present: Mask | None = None, data: Any = None
) -> Studies:
    """The studies with other numbers, in fresh arrays."""
    return studies(
        given.effect if effect is None else effect,
        given.variance if variance is None else variance,
        given.present if present is None else present,
        given.data if data is None else data,
        given.measure,
    )


def in_order(given: Studies, order: Any) -> Studies:
    """The studies in another order, or some of them: ``order`` are positions."""
    return changed(
        given,
        given.effect[..., order],
        given.variance[..., order],
        given.present[..., order],
        {name: column[..., order] for name, column in given.data.items()},
    )


def told(given: Studies) -> str:
    """The studies as Python has them: counts where there are any, else effects and variances."""
    kept = ("events", "n", "time") if any(name.startswith("events") for name in given.data) else ("-",)
    columns = {name: column for name, column in given.data.items() if name.startswith(kept)}
    return written(columns or {"effect": given.effect, "variance": given.variance})
