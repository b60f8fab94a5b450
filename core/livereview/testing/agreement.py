"""Comparing what two runs gave: numbers within a tolerance or to the last bit, and the first place that differs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from livereview.types import Array, Fit

#: How far two fits of one model to the same studies, written another way, may lie apart, in standard errors. The worst
#: of the built-in models, fits by quadrature and Newton steps, stay below a tenth of it.
TOLERANCE = 1e-6
#: The same as a share of the number itself: what is lost where sums are taken in another order.
ROUNDING = 1e-9
#: Fields of a fit on the scale of effects, moved by a shift and multiplied by a factor.
LOCATIONS = ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
LIMITS = {"ci_low": "ci_high", "ci_high": "ci_low", "prediction_low": "prediction_high",
          "prediction_high": "prediction_low"}  # fmt: skip


def apart(found: Any, wanted: Any, scale: Any) -> Array:
    """Where numbers differ by more than the tolerance allows, as a mask; NaN agrees with NaN."""
    a, b = np.asarray(found, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    if a.shape != b.shape:
        return np.array(True)
    with np.errstate(invalid="ignore"):
        allowed = TOLERANCE * np.abs(np.nan_to_num(scale)) + ROUNDING * np.abs(b)
        agree = (a == b) | (np.isnan(a) & np.isnan(b)) | (np.abs(a - b) <= allowed)
    return np.asarray(~agree)


def moved(fit: Fit, factor: float = 1.0, shift: float = 0.0) -> Fit:
    """The fit that a model of effects must give after effects became ``factor * effect + shift``: limits change places
    under a negative factor; weights, degrees of freedom and Q stay; tau² is multiplied by the square."""

    def at(name: str) -> Any:
        value = getattr(fit, LIMITS.get(name, name) if factor < 0 else name)
        return None if value is None else factor * value + shift

    return dataclasses.replace(
        fit,
        **{name: at(name) for name in LOCATIONS},
        standard_error=abs(factor) * fit.standard_error,
        tau2=None if fit.tau2 is None else factor**2 * fit.tau2,
        tests={},
        parameters={},
        notes={},
    )


def taken(fit: Fit, at: Any) -> Fit:
    """Some fits of a batch, by index; the weights of all studies."""

    def one(value: Any) -> Any:
        return None if value is None else np.asarray(value)[at]

    names = ("estimate", "standard_error", "weights", "tau2", "df", "q", "converged", *LOCATIONS[1:])
    return dataclasses.replace(
        fit,
        **{name: one(getattr(fit, name)) for name in names},
        notes={name: one(where) for name, where in fit.notes.items()},
        tests={
            name: dataclasses.replace(test, statistic=one(test.statistic), p_value=one(test.p_value), df=one(test.df))
            for name, test in fit.tests.items()
        },
        parameters={name: one(value) for name, value in fit.parameters.items()},
    )


def fits_differ(found: Fit, wanted: Fit) -> str:
    """The first number in which two fits differ, in words; empty = they agree. Notes are compared by name."""
    se = np.clip(np.nan_to_num(np.asarray(wanted.standard_error, dtype=np.float64)), 0, 1e150)
    tau2 = 0.0 if wanted.tau2 is None else np.nan_to_num(np.asarray(wanted.tau2, dtype=np.float64))
    scales = {"tau2": se**2 + tau2, "weights": 1.0, "df": 1.0, "q": 1.0, "converged": 0.0}
    names = ("estimate", "standard_error", "tau2", "df", *LOCATIONS[1:], "q", "converged", "weights")
    pairs = [(name, getattr(found, name), getattr(wanted, name), scales.get(name, se)) for name in names]
    for name, test in wanted.tests.items():
        other = found.tests.get(name)
        pairs += [
            (f"{field} of {name}", None if other is None else getattr(other, field), getattr(test, field), 1.0)
            for field in ("statistic", "p_value")
        ]
    pairs += [(name, found.parameters.get(name), value, se) for name, value in wanted.parameters.items()]
    for name, a, b, scale in pairs:
        if (a is None) != (b is None):
            return f"{name} is {a} in one and {b} in the other"
        if a is not None and apart(a, b, scale).any():
            return f"{name} is {_shown(a)}, and was {_shown(b)}"
    return ""


def _shown(value: Any) -> str:
    array = np.asarray(value)
    return repr(array.tolist() if array.size <= 12 else [*array.ravel()[:12].tolist(), "..."])


def difference(a: Any, b: Any, place: str = "") -> str:
    """The first place in which two values differ, to the last bit, with what stands there; empty = they are equal."""
    if type(a) is not type(b):
        return f"{place or 'it'} is {a!r:.80} and {b!r:.80}"
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        names = [item.name for item in dataclasses.fields(a)]
        return _first((getattr(a, name), getattr(b, name), f"{place}.{name}".lstrip(".")) for name in names)
    if isinstance(a, Mapping):
        if list(a) != list(b):
            return f"{place or 'it'} has the keys {list(a)!r:.80} and {list(b)!r:.80}"
        return _first((a[key], b[key], f"{place}[{key!r}]") for key in a)
    if isinstance(a, tuple | list):
        if len(a) != len(b):
            return f"{place or 'it'} has {len(a)} and {len(b)} items"
        return _first((x, y, f"{place}[{index}]") for index, (x, y) in enumerate(zip(a, b, strict=True)))
    if isinstance(a, np.ndarray):
        same = a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
        return "" if same else f"{place or 'it'} is {_shown(a):.120} and {_shown(b):.120}"
    if callable(a) or a is b or a == b or (a != a and b != b):
        return ""
    return f"{place or 'it'} is {a!r:.120} and {b!r:.120}"


def _first(pairs: Any) -> str:
    return next((said for a, b, place in pairs if (said := difference(a, b, place))), "")
