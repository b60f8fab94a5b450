"""Which records are the same publication: precision, recall and doubts on labelled sets, time on made-up ones.

FOLDER holds ``refs/asysd/labelled_test_set.csv`` (Hair et al. 2023, BMC Biology 21:189, 10.1186/s12915-023-01686-z),
``refs/dedupe/sra_*.json`` (SRA Deduplicator) and ``refs/dedupe/bibdedupe_test_cases.json`` (BibDedupe).

How truth is read. In the first set the column ``source`` calls 584 records unique and 1,261 duplicates of one of them,
and does not say of which. So a group of records that was put together is right in all its members but one if one of
them is unique; each unique one more is a wrong match, and a group of duplicates only is one that was missed. What this
cannot see, a duplicate put to the wrong unique record, would join records with different titles: these are counted
too. (``label`` is where a library kept them; 370 records that it kept are duplicates.) The set is also split in halves
by the first author, which leaves every publication in one half. In ``sra_dupes-obvious.json`` every record stands
twice, its number and that plus 100; in ``sra_dupeissues.json`` the first two of five are one; the other two have no
duplicates. A case of BibDedupe is a pair with a verdict.

``refs/asysd/zotero_export.*`` and ``refs/endnote_xml/asysd_zotero_export.xml`` are two libraries of one subject, each
exported twice (RIS and BibTeX, CSV and EndNote XML), which share many publications and were kept free of duplicates. So
a publication has as many records of an export as of its twin, and one of each: a second one is a wrong match, one
without its twin is missed. How many of the two libraries were put together is what was found across databases; no label
says how many there are.

Run: python benchmarks/deduplication.py FOLDER [--size 100000]. Exit code 1 if a bound below is missed.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from livereview import FetchRequest
from livereview.evidence.schema import TABLES
from livereview.ledger.matching import Matches, matched
from livereview.ledger.titles import title_of
from livereview_references import ReferenceOptions, fetch

Row = dict[str, Any]

PRECISION, RECALL, DOUBTFUL = 0.995, 0.95, 0.02
#: Seconds of processor time and megabytes, for 100,000 records, and for 1,000 new among 100,000 known.
SECONDS, NEW_SECONDS, MEGABYTES = 15.0, 3.0, 400.0
_PEOPLE = re.compile(r"(?<=\.)(?=[^\W\d_]\w)")


@dataclass(frozen=True)
class Counts:
    """How one set was decided."""

    name: str
    records: int
    right: int
    wrong: int
    missed: int
    doubts: int
    doubted: int
    """Records in doubts."""
    renamed: int
    """Records put to one with another title."""
    seconds: float

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def met(self) -> bool:
        few = self.doubted <= DOUBTFUL * self.records
        return self.precision >= PRECISION and self.recall >= RECALL and few

    def __str__(self) -> str:
        share = self.doubted / max(self.records, 1)
        return (
            f"{self.name:30}{self.records:8}{self.right:7}{self.wrong:7}{self.missed:8}{self.precision:11.4f}"
            f"{self.recall:8.4f}{self.doubts:8}{share:10.2%}{self.renamed:9}{self.seconds:9.2f}"
        )


HEADER = (
    f"{'set':30}{'records':>8}{'right':>7}{'wrong':>7}{'missed':>8}{'precision':>11}{'recall':>8}{'doubts':>8}"
    f"{'doubted':>10}{'renamed':>9}{'seconds':>9}"
)


def counted(name: str, rows: Sequence[Row], groups: Callable[[list[Row]], tuple[int, int, int]]) -> Counts:
    """A set matched and held against its truth. ``groups`` counts right, wrong and missed matches of one group."""
    started = time.process_time()
    found = matched(rows)
    seconds = time.process_time() - started
    by_id = {str(row["record_id"]): row for row in rows}
    together: dict[str, list[Row]] = defaultdict(list)
    for one, row in by_id.items():
        together[found.duplicate_of.get(one, one)].append(row)
    tallies = [groups(group) for group in together.values()]
    right, wrong, missed = (sum(tally[column] for tally in tallies) for column in range(3))
    doubted = {one for doubt in found.doubtful for one in (doubt.record_id, doubt.other_id)}
    return Counts(
        name, len(rows), right, wrong, missed, len(found.doubtful), len(doubted), _renamed(found, by_id), seconds
    )


def _renamed(found: Matches, by_id: dict[str, Row]) -> int:
    titles = {one: title_of(str(row["title"])).letters for one, row in by_id.items()}
    return sum(titles[one] != titles[root] for one, root in found.duplicate_of.items())


def by_uniques(group: list[Row]) -> tuple[int, int, int]:
    """Right, wrong and missed matches of a group of which the unique records are known."""
    unique = sum(row["is_unique"] for row in group)
    return (len(group) - unique, unique - 1, 0) if unique else (len(group) - 1, 0, 1)


# --- labelled sets ----------------------------------------------------------------------------------------------------


def asysd(folder: Path) -> list[Row]:
    """The labelled set of ASySD, as it is: in Windows-1252, with NA for what is missing."""
    text = (folder / "refs/asysd/labelled_test_set.csv").read_bytes().decode("cp1252", "replace")
    rows = []
    for line in csv.DictReader(io.StringIO(text)):
        cells = {key: "" if value == "NA" else value for key, value in line.items()}
        rows.append(
            {
                "record_id": cells["record_id"].zfill(4), "title": cells["title"], "abstract": cells["abstract"],
                "authors": "; ".join(_PEOPLE.split(cells["author"])), "year": int(cells["year"]),
                "journal": cells["journal"], "volume": cells["volume"], "issue": cells["number"],
                "pages": cells["pages"], "doi": cells["doi"], "is_unique": cells["source"] == "unique",
            }
        )  # fmt: skip
    return rows


def sra(path: Path, cluster: Callable[[int, Row], object]) -> list[Row]:
    """A set of the SRA Deduplicator; the first record of each cluster counts as the unique one."""
    rows, seen = [], set()
    for number, line in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        group = cluster(number, line)
        people = line.get("authors") or ""
        names = people if isinstance(people, list) else re.split(r"(?<=\.),(?=[^\W\d_]\w)", people)
        rows.append(_row(f"{number:03}", line, "; ".join(names), line["title"]) | {"is_unique": group not in seen})
        seen.add(group)
    return rows


def _row(name: str, line: Row, authors: str, title: str) -> Row:
    year = re.search(r"\d{4}", line.get("year") or "")
    return {
        "record_id": name, "title": title, "authors": authors, "year": int(year[0]) if year else None,
        "journal": line.get("journal") or line.get("booktitle"), "volume": line.get("volume"),
        "issue": line.get("number"), "pages": line.get("pages"), "doi": line.get("doi"),
        "abstract": line.get("abstract"),
    }  # fmt: skip


def cases(folder: Path) -> list[str]:
    """What came of each case of BibDedupe that is not decided as it says."""
    lines = []
    content = json.loads((folder / "refs/dedupe/bibdedupe_test_cases.json").read_text(encoding="utf-8"))
    for case in content["cases"]:
        pair = []
        for name in ("record_a", "record_b"):
            line = case[name]
            people = re.split(r" and |;|(?<=\.)(?=[^\W\d_]\w)", line.get("author") or "")
            pair.append(_row(name, line, "; ".join(people), line["title"]))
        found = matched(pair)
        if bool(found.duplicate_of) != case["expected_duplicate"]:
            asked = f"asked: {found.doubtful[0]}" if found.doubtful else "not asked"
            expected = "same" if case["expected_duplicate"] else "different"
            lines.append(f"    {case['id']}: expected {expected}, {asked}")
    return [f"BibDedupe: {len(content['cases']) - len(lines)} of {len(content['cases'])} cases as expected", *lines]


_EXPORTS = ("asysd/zotero_export.ris", "asysd/zotero_export.bib", "asysd/zotero_export.csv",
            "endnote_xml/asysd_zotero_export.xml")  # fmt: skip
_TWINS = (_EXPORTS[:2], _EXPORTS[2:])


def exports(folder: Path) -> list[Row]:
    """The records of all exports, as the source ``references`` reads them."""
    rows: list[Row] = []
    for export in _EXPORTS:
        options = ReferenceOptions.model_validate(
            {"path": export, "search": {"source": "Zotero", "searched_on": "2026-01-01"}}
        )
        request = FetchRequest(folder=folder / "refs", tables=tuple(TABLES), today=date(2026, 1, 2))
        for table in fetch(request, options).tables:
            if table.table == "records":
                found = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
                rows += [{**row, "record_id": f"{export} {row['record_id']}", "export": export} for row in found]
    return rows


def by_twins(group: list[Row]) -> tuple[int, int, int]:
    """Right, wrong and missed matches of a group of records of two libraries, each exported twice."""
    count = Counter(row["export"] for row in group)
    wrong = sum(number - 1 for number in count.values())
    missed = sum(max(count[one] - count[other], 0) for one, other in _TWINS)
    return len(group) - 1 - wrong, wrong, missed


def labelled(folder: Path) -> list[Counts]:
    """The labelled sets, one line each."""
    rows = asysd(folder)
    dedupe = folder / "refs/dedupe"
    return [
        counted("ASySD", rows, by_uniques),
        counted("  first author A to K", [row for row in rows if row["authors"][:1].upper() < "L"], by_uniques),
        counted("  first author L to Z", [row for row in rows if row["authors"][:1].upper() >= "L"], by_uniques),
        counted(
            "SRA obvious", sra(dedupe / "sra_dupes-obvious.json", lambda _, x: int(x["recNumber"]) % 100), by_uniques
        ),
        counted("SRA issues", sra(dedupe / "sra_dupeissues.json", lambda number, _: max(number, 1)), by_uniques),
        counted("SRA one ISBN", sra(dedupe / "sra_isbn-false-dupe.json", lambda number, _: number), by_uniques),
        counted("SRA no duplicates", sra(dedupe / "sra_nodupes.json", lambda number, _: number), by_uniques),
    ]


# --- made-up sets -----------------------------------------------------------------------------------------------------


class Library:
    """Made-up records, and repeats of them with what databases leave out or print otherwise. The seed is fixed."""

    def __init__(self) -> None:
        self.chance = random.Random(20230907)
        self.words = [self._word(3, 11) for _ in range(8000)]
        self.people = [self._word(4, 9).title() for _ in range(6000)]
        self.journals = [" ".join(self.chance.choices(self.words, k=3)) for _ in range(500)]

    def _word(self, least: int, most: int) -> str:
        return "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=self.chance.randint(least, most)))

    def record(self, number: int) -> Row:
        chance = self.chance
        start = chance.choice(("Effect of", "A randomised trial of", "Safety and efficacy of"))
        return {
            "record_id": f"a:{number:07}",
            "title": f"{start} {' '.join(chance.choices(self.words, k=chance.randint(6, 16)))}",
            "authors": "; ".join(f"{name} AB" for name in chance.choices(self.people, k=6)),
            "year": chance.randint(1985, 2025), "journal": chance.choice(self.journals),
            "volume": str(chance.randint(1, 150)), "issue": "2", "pages": f"{chance.randint(1, 2000)}-9",
            "doi": f"10.1000/x.{number}" if chance.random() < 0.7 else "",
            "pmid": str(10_000_000 + number) if chance.random() < 0.5 else "", "abstract": "x" * 600,
        }  # fmt: skip

    def repeat(self, record: Row, number: int) -> Row:
        changed = {"record_id": f"b:{number:07}", "title": record["title"].upper()}
        changed |= {key: "" for key in ("doi", "pmid") if self.chance.random() < 0.6}
        return record | changed


def measured(name: str, new: Sequence[Row], known: Sequence[Row], seconds: float, repeats: int) -> bool:
    """Match a made-up set, say how long it took and how much memory, and whether all repeats were found in time."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    found = matched(new, known)
    took = time.process_time() - started
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    crowds = ", ".join(f"{crowd.records:,} with one title" for crowd in found.crowded[:1])
    print(f"{name:40}{took:9.2f} s{more:9.0f} MB more{len(found.duplicate_of):9} repeats  {crowds}")
    return took <= seconds and more <= MEGABYTES and len(found.duplicate_of) == repeats


def speed(size: int) -> bool:
    """Large and adverse sets, each repeat found."""
    library = Library()
    known = [library.record(number) for number in range(size)]
    first = known[: size * 6 // 10]
    again = [library.repeat(library.chance.choice(first), number) for number in range(size - len(first))]
    new = [library.repeat(library.chance.choice(known), number) for number in range(500)]
    new += [library.record(size + number) for number in range(500)]
    crowd = [
        {"record_id": f"e:{n:05}", "title": "Editorial", "journal": "Lancet", "year": 2000} for n in range(size // 10)
    ]
    bare = [row | {"title": "A title that says what it is about and nothing else"} for row in crowd]
    met = [
        measured(f"{size:,} records", [*first, *again], (), SECONDS, len(again)),
        measured(f"1,000 new among {size:,}", new, known, NEW_SECONDS, 500),
        measured(f"{len(crowd):,} editorials", crowd, (), SECONDS, 0),
        measured(f"{len(crowd):,} with one title and journal", bare, (), SECONDS, 0),
    ]
    return all(met)


def main() -> int:
    """Print the tables; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="where the samples are")
    parser.add_argument("--size", type=int, default=100_000, help="records of the largest made-up set")
    arguments = parser.parse_args()
    fast = speed(arguments.size)
    print(f"\n{HEADER}")
    sets = labelled(arguments.folder)
    print("\n".join(map(str, sets)))
    if all((arguments.folder / "refs" / export).is_file() for export in _EXPORTS):
        sets.append(counted("two libraries, exported twice", exports(arguments.folder), by_twins))
        print(sets[-1])
    else:
        print("two libraries, exported twice: not in the folder")
    print("\n".join(cases(arguments.folder)))
    return 0 if fast and all(counts.met for counts in sets) else 1


if __name__ == "__main__":
    sys.exit(main())
