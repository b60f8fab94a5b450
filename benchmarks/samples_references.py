"""Every reference file of a folder: how many records it says it has, how many are read, how many are lost.

    python benchmarks/samples_references.py FOLDER

FOLDER holds the folders refs, pubmed, covidence and rayyan. A record counts as read where it is brought or named with
the reason why it is not. Files that hold no references must be refused. Exit code 1 if a record is lost.
"""

from __future__ import annotations

import re
import sys
import time
from datetime import date
from pathlib import Path

from livereview import FetchRequest
from livereview.evidence.schema import TABLES
from livereview_references import ReferenceOptions, fetch

#: What a file says of itself, counted here without any reader: lines that begin a record, by the kind of file.
_MARKS = (
    (re.compile(rb"(?:^|[\r\n])(?:\xef\xbb\xbf)?TY {0,2}-"), "TY"),
    (re.compile(rb"(?:^|[\r\n])PMID ?-"), "PMID"),
    (re.compile(rb"(?:^|[\r\n])PT [A-Z]\b"), "PT"),
    (re.compile(rb"<record[\s>]"), "record"),
    (re.compile(rb"(?:^|[\r\n])[\s%]*@(?!comment|string|preamble)[A-Za-z]+\s*[{(]", re.IGNORECASE), "@"),
)
_NO_REFERENCES = ("code_lookup.csv", "bibdedupe_test_cases.json")


def main(folder: Path) -> int:
    files = [
        *sorted(path for path in (folder / "refs").rglob("*") if path.is_file()),
        *sorted(p for p in (folder / "pubmed").iterdir() if p.suffix in (".nbib", ".txt") and "esearch" not in p.name),
        *sorted((folder / "covidence").iterdir()),
        *sorted((folder / "rayyan").iterdir()),
    ]
    total = lost = 0
    print(f"{'file':72} {'own':>6} {'brought':>8} {'again':>6} {'named':>6} {'lost':>5} {'seconds':>8}")
    for path in files:
        own = own_count(path)
        begun = time.perf_counter()
        brought, again, named, refused = read(path)
        foreign = path.name in _NO_REFERENCES
        missing = int(not refused) if foreign else abs(own - brought - again - named)
        total, lost = total + own, lost + missing
        shown = str(path.relative_to(folder))[-72:]
        seconds = time.perf_counter() - begun
        print(
            f"{shown:72} {own:6} {brought:8} {again:6} {named:6} {missing:5} {seconds:8.2f}"
            + (f"  {refused}" if refused else "")
        )
    print(f"{len(files)} files, {total:,} records, {lost} lost")
    return 1 if lost else 0


def own_count(path: Path) -> int:
    """How many records a file has by its own marks; of a table its rows, of JSON the length of its list."""
    content = path.read_bytes()
    if path.name in _NO_REFERENCES:
        return 0
    if path.suffix == ".json":
        import json

        return len(json.loads(content))
    if path.suffix in (".csv", ".tsv") or path.name == "test_export.txt":
        import pandas

        encoding = "cp1252" if path.name == "labelled_test_set.csv" else "utf-8-sig"
        return len(pandas.read_csv(path, sep=None, engine="python", encoding=encoding, dtype=str))
    return next((len(found) for mark, _ in _MARKS if (found := mark.findall(content))), 0)


def read(path: Path) -> tuple[int, int, int, str]:
    """Records brought, standing there again and named in left_out; and why a file was refused."""
    search = {"source": "sample", "searched_on": "2026-01-01"}
    options = ReferenceOptions.model_validate({"path": path.name, "search": search, "max_megabytes": 50})
    request = FetchRequest(folder=path.parent, tables=tuple(TABLES), review="sample", today=date(2026, 12, 1))
    fetched = fetch(request, options)
    rows = sum(len(table.rows) for table in fetched.tables if table.table == "records")
    told = next((note for note in fetched.notes if note.startswith(f"{path.name}: ") and "record" in note), "")
    again = re.search(r"([\d,]+) stands? there again", told)
    return (
        rows,
        int(again[1].replace(",", "")) if again else 0,
        sum(1 for problem in fetched.left_out if problem.row is not None),
        "; ".join(problem.message for problem in fetched.problems),
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
