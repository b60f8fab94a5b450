"""How often the interval of each model holds the truth: simulation for 2 to 20 studies and several tau².

Run: python benchmarks/coverage.py [--fits 20000] [--write docs]. Prints the tables; with ``--write``, makes
coverage.csv and coverage.png in that folder and puts the tables into its methods-coverage.md. The same seed gives
the same files.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from scipy.special import ndtr, ndtri

from livereview import Array, EffectModel, Studies
from livereview.inference import Inference, derived, fitted
from livereview_pooling import COMMON_EFFECT, RANDOM_EFFECTS

SEED = 2026
SIZES = (2, 3, 4, 5, 7, 10, 15, 20)
#: tau² as the share of a typical variance that it adds: I² of 0, 25, 50, 75 and 90%.
I2 = (0, 25, 50, 75, 90)
LEVEL = 0.95
TRUTH = 0.3

#: Confidence intervals: name, model and options.
INTERVALS: dict[str, tuple[EffectModel, dict[str, Any]]] = {
    "common effect": (COMMON_EFFECT, {}),
    "DL, normal": (RANDOM_EFFECTS, {"tau2": "DL", "interval": "wald"}),
    "REML, normal": (RANDOM_EFFECTS, {"tau2": "REML", "interval": "wald"}),
    "REML, t": (RANDOM_EFFECTS, {"tau2": "REML", "interval": "t"}),
    "DL, Hartung-Knapp": (RANDOM_EFFECTS, {"tau2": "DL", "interval": "hartung-knapp"}),
    "PM, Hartung-Knapp": (RANDOM_EFFECTS, {"tau2": "PM", "interval": "hartung-knapp"}),
    "REML, Hartung-Knapp": (RANDOM_EFFECTS, {"tau2": "REML", "interval": "hartung-knapp"}),
    "REML, Hartung-Knapp ad hoc": (RANDOM_EFFECTS, {"tau2": "REML", "interval": "hartung-knapp-adhoc"}),
}
#: Prediction intervals: the interval that gives the standard error, and the degrees of freedom.
PREDICTIONS = {
    "prediction: REML, normal": ("REML, normal", "normal"),
    "prediction: REML, k - 2": ("REML, normal", "k-2"),
    "prediction: REML, k - 1": ("REML, normal", "k-1"),
    "prediction: REML Hartung-Knapp, k - 1": ("REML, Hartung-Knapp", "k-1"),
}
DRAWN = ("common effect", "DL, normal", "REML, t", "REML, Hartung-Knapp", "REML, Hartung-Knapp ad hoc")
COLOURS = ("#777777", "#B5631A", "#3E7B4F", "#1F4E79", "#8C5AA0")


@dataclass(frozen=True)
class Row:
    """One interval in one situation."""

    interval: str
    k: int
    i2: int
    coverage: float
    """Percent."""
    monte_carlo_error: float
    """Standard error of the coverage, percent."""
    width: float
    """Median width, relative to that of the normal interval with the true tau²; NaN for prediction intervals."""


def simulated(k: int, i2: int, fits: int) -> tuple[Studies, float]:
    """Log odds ratios of trials of 40 to 2,000 people about a mean of 0.3, and tau²."""
    random = np.random.default_rng([SEED, k, i2])
    variance = 16 / np.exp(random.uniform(np.log(40), np.log(2000), (fits, k)))
    typical = 16 / np.exp((np.log(40) + np.log(2000)) / 2)
    tau2 = typical * i2 / (100 - i2)
    effect = random.normal(TRUTH, np.sqrt(variance + tau2))
    return Studies(effect=effect, variance=variance, present=np.ones((fits, k), dtype=bool)), tau2


def rows_of(k: int, i2: int, fits: int) -> Iterator[Row]:
    """Every interval in one situation."""
    studies, tau2 = simulated(k, i2, fits)
    ideal = 2 * ndtri((1 + LEVEL) / 2) / np.sqrt((1 / (studies.variance + tau2)).sum(axis=-1))
    found: dict[str, Any] = {}
    for name, (model, choices) in INTERVALS.items():
        found[name] = fitted(model, studies, model.options(**choices))
        own = derived(studies, found[name], level=LEVEL)
        held = (own.ci_low <= TRUTH) & (own.ci_high >= TRUTH)
        yield _row(name, k, i2, held.astype(float), float(np.median((own.ci_high - own.ci_low) / ideal)))
    for name, (base, df) in PREDICTIONS.items():
        if k > 2:
            own = derived(studies, found[base], level=LEVEL, prediction=df)  # type: ignore[arg-type]
            yield _row(name, k, i2, _next_study(own, tau2), float("nan"))


def _next_study(own: Inference, tau2: float) -> Array:
    """Probability that the true effect of a new study lies in each prediction interval."""
    if tau2 == 0:
        return ((own.prediction_low <= TRUTH) & (own.prediction_high >= TRUTH)).astype(float)
    low, high = ((limit - TRUTH) / np.sqrt(tau2) for limit in (own.prediction_low, own.prediction_high))
    return np.asarray(ndtr(high) - ndtr(low))


def _row(name: str, k: int, i2: int, held: Array, width: float) -> Row:
    error = float(held.std(ddof=1) / np.sqrt(held.size))
    return Row(name, k, i2, 100 * float(held.mean()), 100 * error, width)


def markdown(rows: list[Row]) -> str:
    """One table for each I²: intervals down, numbers of studies across."""
    at = {(row.interval, row.k, row.i2): row for row in rows}
    names = dict.fromkeys(row.interval for row in rows)
    blocks = []
    for i2 in I2:
        lines = [f"I² about {i2}%:", "", "| interval | " + " | ".join(f"k = {k}" for k in SIZES) + " |"]
        lines.append("| --- |" + " --- |" * len(SIZES))
        for name in names:
            cells = (at.get((name, k, i2)) for k in SIZES)
            lines.append(f"| {name} | " + " | ".join("" if cell is None else _shown(cell) for cell in cells) + " |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _shown(row: Row) -> str:
    return f"{row.coverage:.1f}" if np.isnan(row.width) else f"{row.coverage:.1f} ({row.width:.2f})"


def draw(rows: list[Row], path: Path) -> None:
    """Coverage above, relative width below, one column for each I²."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.6), layout="constrained")
    axes = figure.subplots(2, len(I2), sharex=True, sharey="row")
    for column, i2 in enumerate(I2):
        above, below = axes[:, column]
        for name, colour, mark in zip(DRAWN, COLOURS, "osD^v", strict=True):
            own = [row for row in rows if row.interval == name and row.i2 == i2]
            k = [row.k for row in own]
            above.plot(k, [row.coverage for row in own], color=colour, marker=mark, ms=3.5, lw=1.2, label=name)
            below.plot(k, [row.width for row in own], color=colour, marker=mark, ms=3.5, lw=1.2)
        above.axhline(100 * LEVEL, color="black", lw=0.8, ls=":")
        below.axhline(1, color="black", lw=0.8, ls=":")
        above.set_title(f"I² about {i2}%", fontsize=10)
        above.set_ylim(20, 102)
        below.set_yscale("log")
        below.set_yticks([0.5, 1, 2, 5, 10], ["0.5", "1", "2", "5", "10"])
        below.minorticks_off()
        below.set_xticks([2, 5, 10, 15, 20])
        below.set_xlabel("studies")
    axes[0, 0].set_ylabel("coverage, %")
    axes[1, 0].set_ylabel("median width, relative")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=9, frameon=False
    )
    figure.savefig(path, dpi=110, metadata={"Software": None})


def write(rows: list[Row], folder: Path) -> None:
    """coverage.csv, coverage.png, and the tables in methods-coverage.md between its two comments."""
    with (folder / "coverage.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Row)])
        for row in rows:
            name, k, i2, *numbers = astuple(row)
            writer.writerow([name, k, i2, *("" if np.isnan(number) else f"{number:.4g}" for number in numbers)])
    draw(rows, folder / "coverage.png")
    page = folder / "methods-coverage.md"
    between = re.compile(r"(<!-- tables -->\n).*(\n<!-- end of tables -->)", re.DOTALL)
    text = page.read_text(encoding="utf-8")
    page.write_text(between.sub(lambda found: found[1] + markdown(rows) + found[2], text), encoding="utf-8")


def main() -> int:
    """Simulate, print, write; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=20_000, help="reviews in each situation")
    parser.add_argument("--write", type=Path, help="folder for the table, the figure and the page")
    arguments = parser.parse_args()
    started = perf_counter()
    rows = [row for i2 in I2 for k in SIZES for row in rows_of(k, i2, arguments.fits)]
    if arguments.write:
        write(rows, arguments.write)
    print(markdown(rows))
    print(
        f"\n{len(SIZES) * len(I2)} situations of {arguments.fits} reviews: {perf_counter() - started:.0f} s",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
