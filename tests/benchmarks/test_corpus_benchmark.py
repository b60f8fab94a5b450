"""benchmarks/corpus.py on a made-up corpus: what agrees is counted as agreeing, and what does not is not excused."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pandas as pd

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "corpus.py"

#: Events and people in two arms, and the Mantel-Haenszel weights c n1 / N: 4 and 4.5 of 8.5.
TRIALS = [((4, 40, 8, 40), 100 * 4 / 8.5), ((6, 90, 9, 90), 100 * 4.5 / 8.5)]
EMPTY = ("GIV.Mean", "GIV.SE", "Experimental.mean", "Experimental.SD", "Control.mean", "Control.SD")


def printed(counts: tuple[int, int, int, int], weight: float) -> dict[str, float]:
    """A trial with its risk ratio and Wald interval, with six decimals."""
    a, n1, c, n2 = counts
    ratio, margin = (a / n1) / (c / n2), math.exp(1.959963984540054 * math.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n2))
    names = ("Experimental.cases", "Experimental.N", "Control.cases", "Control.N")
    shown = {"Mean": ratio, "CI.start": ratio / margin, "CI.end": ratio * margin, "Weight": weight}
    return dict(zip(names, counts, strict=True)) | {name: round(value, 6) for name, value in shown.items()}


def corpus(folder: Path, **changed: float) -> Path:
    """A corpus of one analysis pooled by Mantel-Haenszel, and one without a measure."""
    key = {"dataset": "made-up", "Analysis.group": 1, "Analysis.number": 1}
    shown = {"Subgroup": None, "Subgroup.number": None, "Applicability": "SUBGROUP_AND_OVERALL", "Study.year": "2001"}
    told = {"measure_inferred": "RR", "study_ci_inferred": 95.0}
    rows = [key | shown | told | dict.fromkeys(EMPTY, 0.0) | printed(*trial) for trial in TRIALS]
    rows[0] |= changed
    nothing = dict.fromkeys(("Mean", "CI.start", "CI.end", "Weight", "measure_inferred", "study_ci_inferred"))
    rows.append(rows[0] | nothing | {"Analysis.number": 2})
    analyses = [
        {"dataset": "made-up", "comparison_no": 1, "outcome_no": number, "pooling_inferred": label}
        for number, label in ((1, "overall:MH-fixed"), (2, None))
    ]
    pd.DataFrame(rows).to_csv(folder / "cochrane_rows.csv.gz", index=False)
    pd.DataFrame(analyses).to_csv(folder / "cochrane_analyses.csv.gz", index=False)
    return folder


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, check=False)


def test_what_is_printed_is_found_again(tmp_path: Path) -> None:
    found = run(corpus(tmp_path))
    assert (found.returncode, found.stderr) == (0, "\npooled 1 of 1 sets\n")
    assert "     all       2       2              0           0      0" in found.stdout
    assert "\nagrees: " in found.stdout
    assert "\nno measure: " in found.stdout
    assert "NOT EXPLAINED" not in found.stdout
    assert "2 analyses, 2 sets, 5 fits" in found.stdout


def test_a_wrong_estimate_is_not_excused(tmp_path: Path) -> None:
    found = run(corpus(tmp_path, Mean=0.51))
    assert found.returncode == 1
    assert "     all       2       1              0           0      1" in found.stdout


def test_a_wrong_weight_is_not_excused(tmp_path: Path) -> None:
    found = run(corpus(tmp_path, Weight=47.1))
    assert found.returncode == 1
    assert "NOT EXPLAINED" in found.stdout
