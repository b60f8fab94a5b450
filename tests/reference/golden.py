"""Reference values of other programs: the files of this folder, read; what they hold is described in README.md."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parent
Record = dict[str, Any]


@cache
def load(name: str) -> Record:
    """The content of one file, by its name without suffix."""
    content: Record = json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    return content


@cache
def datasets() -> tuple[str, ...]:
    """Names of the files that hold a data set with its reference values, sorted."""
    names = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
    return tuple(name for name in names if "effects" in load(name))


def records(section: str) -> Iterator[tuple[str, Record]]:
    """Every record of a section that is a list (or one record), each with the name of its data set."""
    for name in datasets():
        content = load(name).get(section, [])
        for record in content if isinstance(content, list) else [content]:
            yield name, record


def numbers(value: Any) -> npt.NDArray[np.float64]:
    """A number or list of numbers as floats: null is NaN, "Inf" and "-Inf" are infinite."""
    if isinstance(value, list):
        return np.array([numbers(item) for item in value], dtype=np.float64)
    return np.array(np.nan if value is None else value, dtype=np.float64)


def effect(dataset: str, name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Effects and variances of one measure of a data set; NaN where a study has none."""
    record = load(dataset)["effects"][name]
    return numbers(record["yi"]), numbers(record["vi"])


def excess(
    ours: npt.ArrayLike, theirs: npt.ArrayLike, relative: float, absolute: float = 0.0
) -> npt.NDArray[np.float64]:
    """Difference over tolerance, above 1 where values disagree; both NaN, or the same infinity, is 0."""
    a, b = np.broadcast_arrays(np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    comparable = np.isfinite(a) & np.isfinite(b)
    allowed = absolute + relative * np.abs(np.where(comparable, b, 0.0))
    difference = np.abs(np.where(comparable, a, 0.0) - np.where(comparable, b, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(same, 0.0, np.where(comparable, difference / allowed, np.inf)))
