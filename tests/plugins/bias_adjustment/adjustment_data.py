"""Studies of the reference data sets, and made ones, for models that adjust for missing studies."""

from __future__ import annotations

import golden
import numpy as np

from livereview import Array, Studies

#: One study has variance 0, which never reaches a model.
ZERO_VARIANCE = "edge_cont_neg_mean"


def effects_of(dataset: str, effect: str) -> tuple[Array, Array]:
    """Effects and variances of the rows that have both."""
    y, v = golden.effect(dataset, effect)
    there = np.isfinite(y) & np.isfinite(v)
    return y[there], v[there]


def made(effect: list[float] | Array, variance: list[float] | Array, measure: str = "") -> Studies:
    """Studies that are all present."""
    y, v = np.asarray(effect, dtype=float), np.asarray(variance, dtype=float)
    return Studies(effect=y, variance=v, present=np.ones(y.shape, dtype=bool), measure=measure)


def studies_of(dataset: str, effect: str) -> Studies:
    return made(*effects_of(dataset, effect))


def random_studies(seed: int, most: int = 15, least: int = 5) -> Studies:
    """Between ``least`` and ``most`` studies with heterogeneous effects about 0.4."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(least, most + 1))
    v = np.exp(rng.normal(-2.5, 1, size=k))
    return made(rng.normal(0.4, np.sqrt(v + 0.05)), v)


def batch_of(studies: Studies, seed: int, size: int = 6) -> Studies:
    """The same studies in several fits, each without some of them; the first fit holds all."""
    rng = np.random.default_rng(seed)
    present = rng.uniform(size=(size, studies.effect.size)) < 0.8
    present[0] = True
    return Studies(effect=studies.effect, variance=studies.variance, present=present, measure=studies.measure)


def part(studies: Studies, row: int) -> Studies:
    """The present studies of one fit alone."""
    here = studies.present[row]
    return made(studies.effect[here], studies.variance[here], studies.measure)
