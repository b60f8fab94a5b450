"""Hundreds of published reviews read as data packages without settings: is a row lost, is each taken for what it is?

Run: python benchmarks/corpus_revman.py FOLDER, the folder having cochrane_rows.csv.gz; it is no part of this project.
The corpus says of each analysis which effect measure reproduces its printed effects; the reader must tell the kind of
numbers from the file alone. Exit code 1 if a row is neither read nor named, the store refuses one, or a kind is wrong.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

from livereview import FetchRequest
from livereview.evidence.checks import checked
from livereview.evidence.schema import TABLES
from livereview_revman import RevmanOptions, fetch
from livereview_revman.source import reading

#: Measure that the corpus infers = kinds of numbers that it can be made from.
KINDS = {
    "RR": ("counts",), "OR": ("counts",), "RD": ("counts",), "PETO_OR": ("counts", "log-rank"), "MD": ("means",),
    "SMD": ("means",), "GIV": ("contrast",), "GIV_LOG": ("contrast",),
}  # fmt: skip
#: Columns of the corpus that no package has.
_ADDED = ("dataset", "measure_inferred", "study_ci_inferred", "estimate_reproduced")


def reviews(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of each review."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(folder / "cochrane_rows.csv.gz", "rt", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["dataset"]].append(row)
    return found


def written(path: Path, rows: list[dict[str, str]]) -> None:
    """The rows as a file of a data package."""
    columns = [name for name in rows[0] if name not in _ADDED and not name.startswith("rob2")]
    names = [name if name == "review_doi" else name.replace(".", " ").replace("O E", "O-E") for name in columns]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([row[name] for name in columns] for row in rows)


def counted(folder: Path, name: str, rows: list[dict[str, str]], tally: Counter[str]) -> list[str]:
    """One review read; what is wrong with it."""
    path = folder / f"{name}-data-rows.csv"
    written(path, rows)
    request = FetchRequest(folder=folder, tables=tuple(TABLES), today=date.today())
    found = reading(request, RevmanOptions(path=path.name)).reviews
    analyses = [analysis for review in found for analysis in review.analyses.values()]
    inferred = {(row["Analysis.group"], row["Analysis.number"]): row["measure_inferred"] for row in rows}
    wrong = []
    asked = {}
    for analysis in analyses:
        measure = inferred[analysis.group, analysis.number]
        if measure and analysis.data_type not in KINDS[measure]:
            wrong.append(f"{name}, {analysis.key}: {measure} taken for {analysis.data_type}")
        tally["told"] += bool(measure)
        if analysis.data_type in ("contrast", "log-rank"):
            asked[analysis.key] = "HR" if analysis.log_scale or analysis.data_type == "log-rank" else "MD"
    fetched = fetch(request, RevmanOptions.model_validate({"path": path.name, "measures": asked}))
    accepted = checked(fetched.tables, None, fetched.problems, today=request.today)
    wrong += [str(problem) for problem in accepted.problems]
    results = [row.values for row in accepted.rows if row.table == "results"]
    keys = ("outcome", "population", "study_id", "variant")
    read = len({tuple(row.get(key) for key in keys) for row in results})
    lost = len(rows) - read - len(fetched.left_out)
    if lost:
        wrong.append(f"{name}: {lost} of {len(rows)} rows are lost")
    tally.update(reviews=1, analyses=len(analyses), rows=len(rows), read=read)
    tally["left out by name"] += len(fetched.left_out)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, rows in reviews(parser.parse_args().folder).items():
            wrong += counted(Path(scratch), name, rows, tally)
    for what in ("reviews", "analyses", "told", "rows", "read", "left out by name"):
        print(f"{tally[what]:>8,} {'analyses of which the corpus says the measure' if what == 'told' else what}")
    print(f"{len(wrong):>8,} wrong")
    for text in wrong:
        print(f"    {text}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
