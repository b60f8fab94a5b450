"""A review as an object for notebooks: update it, and look at its results as DataFrames."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livereview.errors import ExpectedError
from livereview.history import History, Record
from livereview.json_values import as_number
from livereview.manifest.models import Manifest
from livereview.manifest.words import nearest
from livereview.places import opened, places_of
from livereview.update import Updated, update

if TYPE_CHECKING:
    import pandas as pd


#: An estimate with its interval on the display scale, in the order of the columns.
SHOWN = ("estimate", "low", "high")


def load(path: str | PathLike[str]) -> Review:
    """The review of a manifest. ManifestError with every mistake if it cannot be used.

    >>> review = livereview.load("reviews/blina_rr.toml")    # doctest: +SKIP
    >>> review.update().results()                            # doctest: +SKIP
    """
    return Review(Path(path))


class Review:
    """A review: update it, and look at its newest results as DataFrames."""

    def __init__(self, path: Path) -> None:
        self.file, self._plugins = opened(path)

    @property
    def manifest(self) -> Manifest:
        return self.file.manifest

    def update(self, *, again: bool = False) -> Review:
        """Bring what is new, pool it, write the report; see ``updated`` for what happened. Returns the review."""
        self.updated: Updated = update(self.file.path, again=again)
        return self

    def record(self, update: int | str = "latest") -> Record:
        """The record of an update, by number or name."""
        return History(places_of(self.file).history).find(str(update))

    def results(self, update: int | str = "latest") -> pd.DataFrame:
        """One row per outcome: k, participants, estimate and intervals on the display scale, heterogeneity, P."""
        import pandas as pd

        rows = [_outcome_row(outcome) for outcome in self.record(update).content["outcomes"]]
        return pd.DataFrame(rows).set_index("outcome")

    def studies(self, outcome: str, update: int | str = "latest") -> pd.DataFrame:
        """One row per study of an outcome: data, effect and variance on the analysis scale, display scale, weight."""
        import pandas as pd

        outcomes = self.record(update).outcomes
        if outcome not in outcomes:
            near = nearest(outcome, outcomes)
            raise ExpectedError(f'the update has no outcome "{outcome}".{near} There are: {", ".join(outcomes)}.')
        rows = [
            {
                "study": study["study_id"],
                "label": study["label"],
                **study["data"],
                "effect": as_number(study["effect"]),
                "variance": as_number(study["variance"]),
                **{name: as_number(study["shown"][name]) for name in SHOWN},
                "weight": as_number(study["weight"]),
            }
            for study in outcomes[outcome]["studies"]
        ]
        return pd.DataFrame(rows, columns=None if rows else ["study"]).set_index("study")


def _outcome_row(outcome: Mapping[str, Any]) -> dict[str, Any]:
    pooled = outcome["pooled"]
    low, high = pooled["prediction_shown"] or (None, None)
    return {
        "outcome": outcome["id"],
        "title": outcome["title"],
        "measure": outcome["measure"],
        "k": pooled["k"],
        "participants": pooled["participants"],
        **{name: as_number(pooled["shown"][name]) for name in SHOWN},
        "p_value": as_number(pooled["p_value"]),
        "prediction_low": as_number(low),
        "prediction_high": as_number(high),
        **{name: as_number(pooled[name]) for name in ("tau2", "q", "q_p", "i2")},
    }
