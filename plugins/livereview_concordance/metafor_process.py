"""metafor asked: calls and numbers out, numbers and complaints back, by one run of R."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from livereview import Array
from livereview_concordance.answers import EngineAbsent
from livereview_concordance.calls import Call
from livereview_concordance.quantities import Numbers
from livereview_concordance.r_process import RFailed, RMissing, ran_script, rows_text, table_text

SCRIPT = Path(__file__).with_name("calls.R")
HEADER = ("call", "fun", "argument", "kind", "value")
INSTALL = 'install.packages("metafor")'


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What became of one call."""

    numbers: Numbers = field(default_factory=dict)
    error: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Replies:
    """What became of every call, and which programs answered."""

    version: str
    of: Mapping[str, Reply]


def asked(calls: Mapping[str, Call], columns: Mapping[str, Array], timeout: float) -> Replies:
    """The replies of metafor to calls by name, on columns of numbers of one length.

    EngineAbsent where there is no R or no metafor, and where R fails, takes too long or answers what cannot be read.
    """
    rows = [row for name, call in calls.items() for row in call.rows(name)]
    try:
        ran = ran_script(SCRIPT, [table_text(columns), rows_text(HEADER, rows)], timeout=timeout)
    except RMissing as error:
        raise EngineAbsent(f"{error}. Install R (https://www.r-project.org) and in it {INSTALL}.") from None
    except RFailed as error:
        raise EngineAbsent(f"{error}.") from None
    return _read(ran.results, calls)


def _read(results: str, calls: Mapping[str, Call]) -> Replies:
    try:
        rows = [(row["call"], row["quantity"], float(row["value"].replace("NA", "nan")), row["text"])
                for row in csv.DictReader(io.StringIO(results))]  # fmt: skip
    except (KeyError, ValueError, AttributeError, TypeError, csv.Error):
        raise EngineAbsent("what R wrote cannot be read as its results.") from None
    told = {quantity: said for call, quantity, _, said in rows if not call}
    if "missing" in told:
        raise EngineAbsent(f"R {told.get('R', '')} has no package metafor; in R: {INSTALL}.")
    if "metafor" not in told or "R" not in told:
        raise EngineAbsent("what R wrote does not say which metafor answered.")
    return Replies(
        version=f"metafor {_plain(told['metafor'])} in R {_plain(told['R'])}",
        of={name: _reply([row[1:] for row in rows if row[0] == name]) for name in calls},
    )


def _reply(rows: list[tuple[str, float, str]]) -> Reply:
    values: dict[str, list[float]] = {}
    for quantity, value, _ in rows:
        if quantity not in ("error", "warning"):
            values.setdefault(quantity, []).append(value)
    errors = [_plain(said) for quantity, _, said in rows if quantity == "error"]
    return Reply(
        numbers={name: np.array(found if len(found) > 1 else found[0]) for name, found in values.items()},
        error=errors[0] if errors else "" if values else "it gave no number",
        warnings=tuple(dict.fromkeys(_plain(said) for quantity, _, said in rows if quantity == "warning")),
    )


def _plain(said: str) -> str:
    """R's words in one line of printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())[:300]
