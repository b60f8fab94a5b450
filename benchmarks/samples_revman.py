"""Real files of RevMan read and pooled again, beside the effects and pooled results that they print.

Run: python benchmarks/samples_revman.py FOLDER, the folder having revman5/, revman_web/, cochrane_data_package/ and
cochrane_data_package_v2/; it is no part of this project. Prints for every file the rows that it has by a count of its
own, those read and those left out by name, and every printed number that pooling does not reproduce. Exit code 1 if a
row is lost, or a number differs without one of the reasons below.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zipfile import ZipFile

import livereview
from livereview import FetchRequest
from livereview.errors import ExpectedError
from livereview.evidence.checks import checked
from livereview.evidence.schema import TABLES
from livereview_revman import RevmanOptions, fetch
from livereview_revman.choices import Choices, choices_of
from livereview_revman.review import Analysis
from livereview_revman.source import reading

#: Relative to the printed number, or to 1 where that is smaller.
EXACT = 1e-8
#: Half a unit of the sixth decimal, in which older packages print.
PRINTED = 5.5e-7
#: RevMan's own P values are approximations; the worst here is 3e-7 from the exact value.
P_VALUES = 5e-7
RATIOS = ("OR", "RR", "PETO", "HR", "RATIO", "ROM")


@dataclass
class Tally:
    """What one file came to."""

    own: int = 0
    read: int = 0
    left_out: int = 0
    results: int = 0
    without_data: int = 0
    """Printed results of analyses whose rows the file does not hold."""
    agree: int = 0
    worst: float = 0.0
    effects: int = 0
    effects_agree: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self.own - self.read - self.left_out


def own_count(path: Path) -> int:
    """Rows of data by a count that shares no code with the reader."""
    if path.suffix == ".rm5":
        return len(re.findall(rb"<(?:DICH|CONT|IV|IPD|OTHER)_DATA[ >/]", path.read_bytes()))
    if path.suffix == ".zip":
        with ZipFile(path) as outer:
            inner = next(name for name in outer.namelist() if name.endswith(".zip"))
            with ZipFile(io.BytesIO(outer.read(inner))) as package:
                name = next(name for name in package.namelist() if name.endswith("-data-rows.csv"))
                return _csv_count(package.read(name).decode("utf-8-sig"))
    files = [path] if path.is_file() else sorted(path.rglob("*-data-rows.csv"))
    return sum(_csv_count(file.read_bytes().decode("utf-8-sig")) for file in files)


def _csv_count(text: str) -> int:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if "Comparison Number" in rows[0]:
        return sum(1 for row in rows if row["Outcome Number"] != "0" and not row["Group Label 1"])
    return len(rows)


def measured(folder: Path, path: Path) -> Tally:
    """One file read, checked as an update checks it, and pooled."""
    tally = Tally(own=own_count(path))
    options = RevmanOptions(path=path.relative_to(folder).as_posix())
    request = FetchRequest(folder=folder, tables=tuple(TABLES), today=date.today())
    reviews = reading(request, options).reviews
    analyses = [analysis for review in reviews for analysis in review.analyses.values()]
    asked = {item.key: "HR" if item.log_scale or item.data_type == "log-rank" else "MD" for item in analyses
             if item.data_type in ("contrast", "log-rank") and not item.measure}  # fmt: skip
    options = RevmanOptions(path=options.path, measures=asked)
    found = fetch(request, options)
    assert not found.problems, found.problems
    accepted = checked(found.tables, None, today=request.today).accepted()
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in accepted:
        rows[row.table].append(dict(row.values))
    entries = {_entry(row) for row in rows["results"]}
    tally.read = len(entries)
    tally.left_out = sum(_rows_left_out(item.message) for item in found.left_out)
    for analysis in [item for review in reading(request, options).reviews for item in review.analyses.values()]:
        numbers = [row for row in rows["results"] if row["outcome"] == analysis.code]
        pool_again(analysis, numbers, rows["published"], tally)
        effects_again(analysis, numbers, tally)
    return tally


def _rows_left_out(message: str) -> int:
    """How many rows of data a message is about: one, or as many estimates as it says, or none."""
    many = re.match(r"analysis [\d.]+: (\d+) estimates? (?:is|are) not read", message)
    if many:
        return int(many[1])
    about_results = (
        "nothing was computed",
        " of the effect:",
        " of heterogeneity:",
        "I²",
        "Tau²",
        "Chi²",
        "a ratio is above",
    )
    return int(message.startswith("analysis ") and not any(text in message for text in about_results))


def _entry(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["outcome"], row.get("population"), row["study_id"], row.get("variant"))


def paired(analysis: Analysis, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, float]]:
    """Numbers of each entry under the names that measures use."""
    found: dict[tuple[Any, ...], dict[str, float]] = defaultdict(dict)
    for row in rows:
        data = found[_entry(row)]
        if row["measure"] not in ("count", "mean"):
            data |= {name: row[name] for name in ("estimate", "se", "o_minus_e", "o_minus_e_variance") if name in row}
            continue
        side = 2 if data else 1
        for name, column in (("events", "events"), ("n", "n"), ("mean", "estimate"), ("sd", "sd")):
            if column in row:
                data[f"{name}_{side}"] = row[column]
        if analysis.swapped and "events" in row:
            data[f"events_{side}"] = row["n"] - row["events"]
    return found


def frame(choices: Choices, data: list[dict[str, float]]) -> Any:
    names = {name for item in data for name in item}
    columns = {name: [item.get(name, math.nan) for item in data] for name in names}
    if choices.measure == "HR" and "estimate" not in columns:
        columns["estimate"] = [math.nan] * len(data)
    return livereview.effects(columns, measure=choices.measure, **choices.measure_options)


def pool_again(analysis: Analysis, rows: list[dict[str, Any]], published: list[dict[str, Any]], tally: Tally) -> None:
    """Each printed result of an analysis beside the one that its rows give."""
    choices = choices_of(analysis)
    numbers = paired(analysis, rows)
    for printed in published:
        if printed["outcome"] != analysis.code or "estimate" not in printed:
            continue
        subgroup = printed.get("subgroup")
        data = [item for key, item in numbers.items() if subgroup is None or key[1] == f"subgroup:{subgroup}"]
        if not data:
            tally.without_data += 1
            continue
        tally.results += 1
        where = f"{analysis.key}{f', {subgroup}' if subgroup else ''} ({printed['measure']}, {printed.get('model')})"
        if choices is None:
            tally.differences.append(f"{where}: not pooled")
            continue
        try:
            found = _pooled(choices, data)
        except (ExpectedError, livereview.PluginError) as error:
            tally.differences.append(f"{where}: {error}")
            continue
        _compare(where, printed, found, tally)


def _pooled(choices: Choices, data: list[dict[str, float]]) -> dict[str, float]:
    table = frame(choices, data)
    result = livereview.pool(
        table["effect"], table["variance"], choices.model, data=table, measure=choices.measure, level=choices.level,
        prediction="normal" if choices.prediction == "none" else choices.prediction,  # type: ignore[arg-type]
        i2=choices.i2, **choices.model_options,  # type: ignore[arg-type]
    )  # fmt: skip
    back = math.exp if choices.measure in RATIOS else float
    return {
        "estimate": back(result.estimate), "ci_low": back(result.ci_low), "ci_high": back(result.ci_high),
        "prediction_low": back(result.prediction_low), "prediction_high": back(result.prediction_high),
        "tau2": result.tau2, "q": result.q, "q_p": result.q_p, "i2": result.i2, "p_value": result.p_value,
        "statistic": abs(result.estimate / result.standard_error), "k": result.k,
    }  # fmt: skip


def _compare(where: str, printed: dict[str, Any], found: dict[str, float], tally: Tally) -> None:
    wrong = []
    for name, value in found.items():
        if name not in printed:
            continue
        said = float(printed[name])
        value = 0.0 if name == "tau2" and math.isnan(value) else value
        six = len(repr(said).partition(".")[2]) <= 6 and "e" not in repr(said)
        error = abs(value - said) / max(1.0, abs(said))
        allowed = (PRINTED if six else EXACT) + (P_VALUES if name in ("q_p", "p_value") else 0.0)
        if name == "tau2" and not printed.get("model", "").startswith("random"):
            continue
        if error <= allowed:
            tally.worst = max(tally.worst, 0.0 if six or name in ("q_p", "p_value") else error)
        else:
            wrong.append(f"{name} {value!r}, printed {said!r}")
    if wrong:
        tally.differences.append(f"{where}: {'; '.join(wrong)}")
    else:
        tally.agree += 1


def effects_again(analysis: Analysis, rows: list[dict[str, Any]], tally: Tally) -> None:
    """Each printed effect and interval of a study beside the one that its numbers give, by the measure that is named;
    in files without settings, by the one that fits most rows."""
    numbers = list(paired(analysis, rows).values())
    entries = [entry for entry in analysis.entries if entry.effect is not None and (entry.ci_low or entry.ci_high)]
    if not entries or len(numbers) != len(analysis.entries):
        return
    best: tuple[int, list[str]] = (-1, [])
    for measure, options in _candidates(analysis):
        choices = Choices(
            measure=measure, measure_options=options, model="common-effect", level=0.95, prediction="none", i2="Q"
        )
        table = frame(choices, numbers)
        for level in (analysis.study_level, 0.99):
            z = NormalDist().inv_cdf(0.5 + level / 2)
            agreed, wrong = 0, []
            for index, entry in enumerate(analysis.entries):
                if entry not in entries:
                    continue
                y, v = table["effect"].iloc[index], table["variance"].iloc[index]
                back = math.exp if measure in RATIOS else float
                made = [back(y), back(y - z * math.sqrt(v)), back(y + z * math.sqrt(v))] if not math.isnan(y) else []
                said = [entry.effect, entry.ci_low, entry.ci_high]
                same = bool(made) and all(
                    abs(a - (b or 0.0)) <= max(2e-5 * abs(b or 0.0), 2e-5) for a, b in zip(made, said, strict=True)
                )
                agreed += same
                if not same:
                    wrong.append(f"{analysis.key}, {entry.study}: {measure} {made}, printed {said}")
            if agreed > best[0]:
                best = (agreed, wrong)
    tally.effects += len(entries)
    tally.effects_agree += max(best[0], 0)
    tally.differences += best[1]


def _candidates(analysis: Analysis) -> Iterator[tuple[str, dict[str, Any]]]:
    choices = choices_of(analysis)
    if choices is not None:
        yield choices.measure, dict(choices.measure_options)
    elif analysis.data_type == "counts":
        yield from (("RR", {}), ("OR", {}), ("RD", {}), ("PETO", {}))
    elif analysis.data_type == "means":
        yield from (("MD", {}), ("SMD", {"variant": "revman"}))
    else:
        yield ("HR", {}) if analysis.measure == "HR" else ("GEN", {"of": analysis.measure})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    paths = [
        *sorted((folder / "revman5").glob("*.rm5")), *sorted((folder / "revman5").glob("*.csv")),
        *sorted((folder / "revman_web").glob("*.zip")), *sorted((folder / "cochrane_data_package").glob("*.csv")),
        *sorted((folder / "cochrane_data_package_v2").iterdir()),
    ]  # fmt: skip
    heads = ("rows", "read", "left out", "lost", "no data", "pooled", "agree", "worst", "effects", "agree")
    print(f"{'file':40}" + "".join(f"{head:>9}" for head in heads))
    failed = False
    for path in paths:
        tally = measured(folder, path)
        print(
            f"{path.name[:39]:40}{tally.own:9}{tally.read:9}{tally.left_out:9}{tally.lost:9}{tally.without_data:9}{tally.results:9}{tally.agree:9}"
            f"{tally.worst:9.0e}{tally.effects:9}{tally.effects_agree:9}"
        )
        for text in tally.differences:
            print(f"    {text}")
        failed |= bool(tally.lost) or bool(tally.differences)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
