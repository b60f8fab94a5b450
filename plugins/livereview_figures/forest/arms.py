"""The raw numbers of the arms: which columns a forest plot prints, each number as text, the totals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from livereview import StudyResult
from livereview_figures.drawing.text import count, decimals_for, estimable, fixed, known

TITLES = {"events": "Events", "mean": "Mean", "sd": "SD", "n": "Total", "time": "Time"}
_WHOLE = ("events", "n")
_ADDED_UP = ("events", "n", "time")
_ALIKE = ("mean", "sd")


def data_columns(studies: Sequence[StudyResult]) -> list[str]:
    """Names of the raw columns in which any study has a number, arm by arm."""
    names = [name + arm for arm in ("", "_1", "_2") for name in TITLES]
    return [name for name in names if any(known(value) for value in _values(studies, name))]


class Arms:
    """The raw columns of an outcome's studies."""

    def __init__(self, studies: Sequence[StudyResult]) -> None:
        self.names = data_columns(studies)
        self._decimals = {name: self._decimals_of(name, studies) for name in self.names}

    def _decimals_of(self, name: str, studies: Sequence[StudyResult]) -> int:
        """A mean and its standard deviation have the same decimals."""
        alike = [other for other in self.names if _kind(other) in _ALIKE] if _kind(name) in _ALIKE else [name]
        return decimals_for(value for other in alike for value in _values(studies, other))

    def title(self, name: str) -> str:
        """The header of a column."""
        return TITLES[_kind(name)]

    def text(self, name: str, value: float | None) -> str:
        """A number of a column as printed."""
        return count(value) if _kind(name) in _WHOLE else fixed(value, self._decimals[name])

    def cells(self, study: StudyResult) -> dict[str, str]:
        """The numbers of a study."""
        return {name: self.text(name, study.data.get(name)) for name in self.names}

    def in_words(self, study: StudyResult) -> str:
        """The numbers of a study as a sentence: "98/356 against 63/132", or each by its name."""
        arms = []
        for arm in ("", "_1", "_2"):
            own = {
                _kind(n): self.text(n, study.data.get(n)) for n in self.names if n == _kind(n) + arm and n in study.data
            }
            if own.keys() >= {"events", "n"}:
                arms.append(f"{own.pop('events')}/{own.pop('n')}")
            elif own:
                arms.append(", ".join(f"{TITLES[kind].lower()} {words}" for kind, words in own.items()))
        return " against ".join(arms)

    def totals(self, studies: Sequence[StudyResult]) -> dict[str, str]:
        """Sums of events, people and time over the estimable studies; none for a column with a gap."""
        out = {}
        for name in self.names:
            values = [study.data.get(name) for study in studies if estimable(study)]
            if _kind(name) in _ADDED_UP and values and all(known(value) for value in values):
                out[name] = self.text(name, math.fsum(value for value in values if value is not None))
        return out


def _kind(name: str) -> str:
    return name.split("_")[0]


def _values(studies: Sequence[StudyResult], name: str) -> list[float]:
    return [study.data[name] for study in studies if name in study.data]
