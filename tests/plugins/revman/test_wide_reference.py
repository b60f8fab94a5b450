"""Data sets of metadat as wide tables: every row is read, and its effect is metafor's."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import golden
import numpy as np
import pytest
from revman_reading import Read, read_wide

import livereview

#: Largest relative difference seen: 5e-14 (ratios of which the logarithm is taken again).
CLOSE = 1e-12
LAYOUTS = {
    "bin2": ("ai", "n1i", "ci", "n2i"), "cont2": ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"), "prop": ("xi", "ni"),
    "gen": ("yi", "vi"),
}  # fmt: skip
SETS = [name for name in golden.datasets() if golden.load(name)["kind"] in LAYOUTS]


def table(name: str, more: tuple[str, ...] = ()) -> str:
    """The data set as R writes it; a study label that stands twice gets the number of its row."""
    content = golden.load(name)
    columns, rows = content["data"]["columns"], content["data"]["n_rows"]
    out = io.StringIO()
    writer = csv.writer(out)
    names = [column for column in (*LAYOUTS[content["kind"]], *more) if column in columns]
    writer.writerow(["", "study", *names])
    for row in range(rows):
        values = [columns[column][row] for column in names]
        writer.writerow([row + 1, f"Trial {row + 1}", *("NA" if value is None else value for value in values)])
    return out.getvalue()


def sides(found: Read) -> dict[str, dict[str, Any]]:
    """The numbers of each study under the names that measures use."""
    data: dict[str, dict[str, Any]] = {}
    for row in found.results:
        numbers = data.setdefault(row["study_id"], {})
        if "comparator" in row:
            numbers |= {"estimate": row["estimate"], "se": row["se"]}
            continue
        side = 2 if numbers else 1
        mean = row["measure"] == "mean"
        given = {"mean": row.get("estimate"), "sd": row.get("sd")} if mean else {"events": row["events"]}
        numbers |= {f"{key}_{side}": value for key, value in {**given, "n": row["n"]}.items()}
    return data


@pytest.mark.parametrize("name", SETS)
def test_every_row_is_read_or_named_and_its_effect_is_metafors(tmp_path: Path, name: str) -> None:
    content = golden.load(name)
    kind = content["kind"]
    found = read_wide(tmp_path, table(name), measure="OR" if kind == "gen" else "")
    data = sides(found)
    assert len(data) + len(found.left_out) == content["data"]["n_rows"]
    reference = {"bin2": "OR|to=none", "cont2": "MD", "prop": "PLO|to=none", "gen": "gen"}[kind]
    if reference not in content["effects"]:
        reference = reference.partition("|")[0]
    theirs, variances = golden.effect(name, reference)
    measure = {"bin2": "OR", "cont2": "MD", "prop": "PLO", "gen": "RATIO"}[kind]
    options = {"gen": {"of": "OR"}, "cont2": {"zero_sd": "accept"}}.get(kind, {})
    for study, numbers in data.items():
        row = int(study.rpartition("-")[2]) - 1
        if kind == "prop":
            numbers = {key.removesuffix("_1"): value for key, value in numbers.items()}
        if 0 in (numbers.get("events_1"), numbers.get("events_2"), numbers.get("events")) or math.isnan(theirs[row]):
            continue  # corrected differently by choice; compared in the tests of measures
        if variances[row] == 0:
            continue  # two standard deviations of 0: no study can weigh without end, and our measure refuses it
        if any(numbers.get(f"events{side}") == numbers.get(f"n{side}", -1) for side in ("", "_1", "_2")):
            continue
        ours = livereview.effects({key: [value] for key, value in numbers.items()}, measure=measure, **options)
        assert ours["effect"].iloc[0] == pytest.approx(theirs[row], rel=CLOSE, abs=CLOSE), (name, study)
        assert ours["variance"].iloc[0] == pytest.approx(variances[row], rel=CLOSE), (name, study)


def test_the_sets_are_all_there() -> None:
    assert len(SETS) >= 30
    assert {golden.load(name)["kind"] for name in SETS} == set(LAYOUTS)


def test_rows_without_numbers_are_named_one_by_one(tmp_path: Path) -> None:
    content = golden.load("edge_missing")
    assert content["kind"] in LAYOUTS
    found = read_wide(tmp_path, table("edge_missing"), measure="OR" if content["kind"] == "gen" else "")
    columns = content["data"]["columns"]
    missing = sum(
        any(columns[name][row] is None for name in LAYOUTS[content["kind"]]) for row in range(content["data"]["n_rows"])
    )
    assert missing > 0
    assert len(found.left_out) == missing
    assert np.isfinite([row.get("n", 1) for row in found.results]).all()
