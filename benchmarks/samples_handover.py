"""Whether packages for RevMan are written as RevMan writes them: the columns of every file, and the words of settings.

    python benchmarks/samples_handover.py FOLDER

FOLDER holds data packages of RevMan in version 2, unpacked, at any depth. Prints, for each of its CSV files that
livereview writes too, how many columns it has and whether they are ours in our order; then each word that livereview
writes into a column of settings, and how many analyses of the packages have it. Exit 1 if a file that has all of our
columns has them in another order.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from livereview_handover import layout

OURS = {
    "data-rows": layout.DATA_ROWS, "overall-estimates-and-settings": layout.OVERALL,
    "subgroup-estimates": layout.SUBGROUPS, "study-arms": layout.STUDY_ARMS, "study-results": layout.STUDY_RESULTS,
    "study-information": layout.STUDY_INFORMATION,
}  # fmt: skip
#: What differs with a reason: columns that came later, and those that each review has of its own.
KNOWN = {
    "overall-estimates-and-settings": "without the five columns of the middle of 2026, or of version 1",
    "data-rows": "version 1 has no Subgroup number",
    "subgroup-estimates": "version 1",
}
WORDS = {
    "Data source": ("Custom input",), "Data type": ("Dichotomous", "Continuous", "Contrast level"),
    "Statistical method": ("IV", "MH"), "Analysis model": ("Random effect", "Fixed effect"),
    "Heterogeneity estimator": ("REML", "DL", "#N/A"), "CI method": ("Wald", "HKSJ"),
    "Effect measure": ("Risk Ratio", "Odds Ratio", "Risk Difference", "Mean Difference", "Std. Mean Difference",
                       "Hazard Ratio"),
    "Sort studies by": ("STUDY",),
}  # fmt: skip


def rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file, the header first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def main(folder: Path) -> int:
    """Compare, print, and say whether a file of our layout has another order."""
    wrong, seen = 0, {column: Counter[str]() for column in WORDS}
    print(f"{'file':<72} {'columns':>7}  as ours")
    for path in sorted(folder.rglob("*.csv")):
        name = next((name for name in OURS if path.stem.endswith(f"-{name}")), None)
        if name is None or any(f"-{kind}-study" in path.stem for kind in ("awaiting", "excluded", "ongoing")):
            continue
        header, *found = rows(path)
        same = tuple(header) == OURS[name] or (name == "data-rows" and tuple(header[:25]) == OURS[name])
        newest = set(OURS[name]) <= set(header)
        wrong += newest and not same
        told = "yes" if same else "NO" if newest else f"no ({KNOWN.get(name, 'fewer columns')})"
        print(f"{path.relative_to(folder).as_posix()[-72:]:<72} {len(header):>7}  {told}")
        if name == "overall-estimates-and-settings":
            for column, counts in seen.items():
                if column in header:
                    counts.update(row[header.index(column)] for row in found)
    print(f"\n{'setting':<24} {'as livereview writes it':<24} analyses that have it")
    for column, words in WORDS.items():
        for word in words:
            print(f"{column:<24} {word:<24} {seen[column][word]:>6}{'' if seen[column][word] else '  (not seen)'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
