"""What tells small studies from large ones: standard error, variance, number of participants and functions of them.

Codes are those of metafor's regtest.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from livereview import Array, PluginError, Studies

Predictor = Literal["sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"]

WORDS: dict[Predictor, str] = {
    "sei": "standard error",
    "vi": "variance",
    "ni": "number of participants",
    "ninv": "inverse of the number of participants",
    "sqrtni": "square root of the number of participants",
    "sqrtninv": "inverse square root of the number of participants",
}
#: Those that are 0 in an infinitely large study, so that the intercept of a line is the effect there.
VANISHING: tuple[Predictor, ...] = ("sei", "vi", "ninv", "sqrtninv")


def predictor_of(studies: Studies, predictor: Predictor, test: str) -> Array:
    """Values of a predictor, shape ``(K,)``. Raises ``PluginError`` where a study does not state its participants."""
    if predictor == "sei":
        return np.sqrt(studies.variance)
    if predictor == "vi":
        return studies.variance
    n = participants(studies, test)
    return {"ni": n, "ninv": 1 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1 / np.sqrt(n)}[predictor]


def participants(studies: Studies, test: str) -> Array:
    """Participants of each study: of both arms, of the one arm, or as reported with a contrast; shape ``(K,)``."""
    data = studies.data
    n = data["n_1"] + data["n_2"] if "n_1" in data and "n_2" in data else data.get("n")
    return _stated(studies, n, test, "number of participants")


def arms(studies: Studies, test: str) -> tuple[Array, Array]:
    """Participants of the two arms, each of shape ``(K,)``; ``PluginError`` where a study does not state them."""
    first, second = (
        _stated(studies, studies.data.get(name), test, "number of participants of both arms") for name in ("n_1", "n_2")
    )
    return first, second


def _stated(studies: Studies, values: Array | None, test: str, what: str) -> Array:
    """These values, all positive and finite; ``PluginError`` naming the studies that do not state them."""
    found = np.full(studies.effect.shape, np.nan) if values is None else np.asarray(values, dtype=np.float64)
    missing = np.flatnonzero(~(np.isfinite(found) & (found > 0)))
    if missing.size:
        names = [studies.labels[i] if i < len(studies.labels) else f"study {i + 1}" for i in missing[:3]]
        more = f" and {missing.size - 3} more" if missing.size > 3 else ""
        raise PluginError(f"{test} needs the {what} of every study; not stated by: {', '.join(names)}{more}.")
    return found
