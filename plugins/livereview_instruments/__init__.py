"""Appraisal instruments: items, allowed scores and what adds up, as their authors published them."""

from __future__ import annotations

from livereview import Instrument, hookimpl
from livereview_instruments.judged import ROB_1, ROB_2, ROBINS_E, ROBINS_I
from livereview_instruments.points import MINORS, NOS_CASE_CONTROL, NOS_COHORT
from livereview_instruments.trust import INSPECT_SR, TRACT

__all__ = [
    "INSPECT_SR",
    "MINORS",
    "NOS_CASE_CONTROL",
    "NOS_COHORT",
    "ROBINS_E",
    "ROBINS_I",
    "ROB_1",
    "ROB_2",
    "TRACT",
]


@hookimpl
def livereview_instruments() -> list[Instrument]:
    """The instruments of this package."""
    return [INSPECT_SR, MINORS, NOS_CASE_CONTROL, NOS_COHORT, ROBINS_E, ROBINS_I, ROB_1, ROB_2, TRACT]
