"""How an outcome's forest plot is to look. Nothing here changes a number, a verdict or what counts as changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ForestLayout = Literal["livereview", "revman", "jama", "bmj", "meta"]
StudyOrder = Literal["published", "effect", "weight", "year", "label"]


@dataclass(frozen=True, kw_only=True)
class ForestDisplay:
    """The manifest's key ``forest`` of one outcome, with what it does not say filled in."""

    layout: ForestLayout = "livereview"
    columns: tuple[str, ...] = ("data",)
    """Columns between the study and the plot, in order: "data" (the numbers of the arms), "published", "participants",
    "statuses", a column of the studies table, "characteristics.NAME" or "appraisals.INSTRUMENT.ITEM"."""
    models: tuple[str, ...] = ()
    """Titles of sensitivity analyses whose results stand under the pooled one."""
    risk_of_bias: str = ""
    """Title of the instrument whose judgements stand beside the studies; empty = none."""
    order: StudyOrder = "published"
    ghost: bool = True
    """Whether the result of the previous update stands under the pooled one, where it differs."""
