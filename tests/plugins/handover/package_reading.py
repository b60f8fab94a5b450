"""A data package read as another program would read it: by file and column name; and its analyses pooled anew.

Nothing here knows how the package was written. The settings columns alone say what is computed.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from html import unescape
from typing import Any

import livereview

Row = dict[str, str]


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Every file of an archive by its path."""
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {member.filename: found.read(member) for member in found.infolist()}


def table(files: dict[str, bytes], name: str) -> list[Row]:
    """The rows of the one file whose path ends so; [] if there is none."""
    paths = [path for path in files if re.fullmatch(rf"(.+)-(analysis|study)-data/\1-{name}\.csv", path)]
    if not paths:
        return []
    (path,) = paths
    return rows_of(files[path])


def rows_of(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def records(ris: bytes) -> list[list[tuple[str, str]]]:
    """The references of a RIS file as tags and values; fails on a line that is neither a field nor blank."""
    found: list[list[tuple[str, str]]] = []
    current: list[tuple[str, str]] | None = None
    for line in ris.decode("utf-8").split("\r\n"):
        if not line:
            assert current is None, "a blank line within a reference"
            continue
        match = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line, re.DOTALL)
        assert match is not None, line
        tag, value = match[1], match[2]
        if tag == "TY":
            assert current is None, "TY within a reference"
            current = []
        assert current is not None, f"{tag} outside a reference"
        if tag == "ER":
            assert value == ""
            found.append(current)
            current = None
        else:
            current.append((tag, value))
    assert current is None, "the last reference has no end"
    return found


# --- pooling from the settings alone -------------------------------------------------------------------------------

MEASURES = {"Risk Ratio": "RR", "Odds Ratio": "OR", "Risk Difference": "RD", "Mean Difference": "MD"}
ARMS = {"Experimental": 1, "Control": 2}


def effects(settings: Row, rows: Sequence[Row]) -> tuple[list[float], list[float], dict[str, list[float]]]:
    """Effects and variances of data rows as RevMan computes them, and the counts behind them."""
    kind = settings["Data type"]
    if kind == "Contrast level":
        return [float(row["GIV Mean"]) for row in rows], [float(row["GIV SE"]) ** 2 for row in rows], {}
    columns = {"cases": "events", "N": "n"} if kind == "Dichotomous" else {"mean": "mean", "SD": "sd", "N": "n"}
    data = {
        f"{name}_{arm}": [float(row[f"{side} {column}"]) for row in rows]
        for side, arm in ARMS.items()
        for column, name in columns.items()
    }
    measure = MEASURES.get(settings["Effect measure"], "SMD")
    options: dict[str, Any] = {"variant": "revman"} if measure == "SMD" else {}
    found = livereview.effects(data, measure=measure, **options)
    return found["effect"].tolist(), found["variance"].tolist(), data


def model(settings: Row) -> tuple[str, dict[str, Any]]:
    """The model that the settings name."""
    fixed = settings["Analysis model"] == "Fixed effect"
    assert settings["Analysis model"] in ("Fixed effect", "Random effect")
    assert (settings["Heterogeneity estimator"] == "#N/A") is fixed
    if settings["Statistical method"] == "MH":
        options = {"zero_cells": "only0-ratios"} | ({"rd_variance": "greenland-robins"} if fixed else {})
        return ("mantel-haenszel" if fixed else "mantel-haenszel-random"), options
    assert settings["Statistical method"] == "IV"
    if fixed:
        return "common-effect", {}
    interval = {"Wald": "wald", "HKSJ": "hartung-knapp"}[settings["CI method"]]
    return "random-effects", {"tau2": settings["Heterogeneity estimator"], "interval": interval}


def pooled(settings: Row, rows: Sequence[Row]) -> dict[str, float]:
    """What the settings and the rows pool to, on the scale that is shown, by column."""
    name, options = model(settings)
    effect, variance, data = effects(settings, rows)
    measure = MEASURES.get(settings["Effect measure"], "GEN")
    ratio = settings["Log-scale data"] == "true"
    fixed = settings["Analysis model"] == "Fixed effect"
    result = livereview.pool(
        effect,
        variance,
        model=name,
        data=data or None,
        measure=measure,
        level=float(settings["CI/PI level"].removesuffix("%")) / 100,
        prediction="none" if fixed else "k-1" if settings["CI method"] == "HKSJ" else "normal",
        i2="Q" if fixed or settings["Statistical method"] == "MH" else "tau2",
        **options,
    )
    shown = math.exp if ratio else float
    found = {
        "Mean": shown(result.estimate), "CI start": shown(result.ci_low), "CI end": shown(result.ci_high),
        "Heterogeneity Chi²": result.q, "Heterogeneity P": result.q_p, "Heterogeneity I²": result.i2,
        "Effect P": result.p_value,
    }  # fmt: skip
    if not fixed:
        found["Heterogeneity Tau²"] = result.tau2
    if settings["Prediction interval"] == "true":
        found |= {"PI start": shown(result.prediction_low), "PI end": shown(result.prediction_high)}
    return {column: float(value) for column, value in found.items()}


def differences(printed: Row, computed: dict[str, float]) -> dict[str, float]:
    """How far each printed number is from the computed one, relative to it where it is above 1."""
    return {
        column: abs(float(printed[column]) - value) / max(1.0, abs(value))
        for column, value in computed.items()
        if printed.get(column)
    }


def text(cell: str) -> str:
    """What a cell of HTML shows."""
    return unescape(re.sub(r"<[^>]*>", " ", cell)).strip()


def rows_in(rows: Iterable[Row], analysis: Row, subgroup: str | None = None) -> list[Row]:
    """The data rows of an analysis, or of one of its subgroups."""
    key = ("Analysis group", "Analysis number")
    return [
        row
        for row in rows
        if all(row[column] == analysis[column] for column in key)
        and (subgroup is None or row["Subgroup number"] == subgroup)
    ]
