"""Data of the reference records on dependent results, and what becomes of each record."""

from __future__ import annotations

from dataclasses import dataclass

import golden
import numpy as np
from regression_reference import column

from livereview import Array, Mask

#: Records of ``mv`` with a model of another kind than three levels with independent sampling errors.
OUT_OF_SCOPE = {
    "dat.berkey1998": "two outcomes with known covariances and a variance each: a multivariate model",
}


@dataclass(frozen=True, kw_only=True)
class Several:
    """Results of studies, some with more than one."""

    y: Array
    v: Array
    study: list[int]
    moderator: Array
    """The moderator of the records with one: year, or whether the class is science."""

    @property
    def here(self) -> Mask:
        return np.ones(self.y.size, dtype=bool)

    @property
    def one(self) -> Array:
        return np.ones((self.y.size, 1))

    @property
    def line(self) -> Array:
        return np.column_stack([self.one, self.moderator])


def several(dataset: str) -> Several:
    """The data of dat.konstantopoulos2011 (districts) or dat.crede2010 (studies)."""
    if dataset == "dat.konstantopoulos2011":
        y, v = golden.numbers(column(dataset, "yi")), golden.numbers(column(dataset, "vi"))
        study, moderator = column(dataset, "district"), golden.numbers(column(dataset, "year"))
    else:
        y, v = golden.effect(dataset, "ZCOR")
        study = column(dataset, "studyid")
        moderator = np.array([label == "science" for label in column(dataset, "cls")], dtype=float)
    return Several(y=y, v=v, study=[int(str(label)) for label in study], moderator=moderator)


def model(dataset: str, name: str) -> golden.Record:
    """One record of ``mv``."""
    record: golden.Record = golden.load(dataset)["mv"][name]
    return record
