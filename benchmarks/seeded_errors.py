"""How many errors of typing an audit finds, and how often it is wrong about numbers that are right.

Run: python benchmarks/seeded_errors.py [--corpus FOLDER] [--digits 6] [--errors 500] [--seed 1]. Without a folder the
extractions of reviews/ are used; the corpus is no part of this project. Errors are planted one at a time, and the
audit of the study is held against the audit without the error: found is an error that adds a finding which names the
row, or a row that it is compared with; or that the store refuses. Exit code 1 if fewer than 95% are found, or
findings on the clean data are 1% of its cells or more.
"""

from __future__ import annotations

import argparse
import csv
import math
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import seeded_corpus
from seeded_kinds import KINDS, Kind, Row, Site, Typed, changes_something
from seeded_rows import extractions, with_p

from livereview import AuditCheck, AuditFinding, AuditRequest
from livereview.evidence.plausibility import contradictions
from livereview.plugins import installed
from livereview_arithmetic.comparisons import comparisons

ROOT = Path(__file__).parents[1]
CHECKS = ("counts", "estimates", "means", "survival", "duplicates")
#: What says that two reports differ, and not that a cell is wrong.
OF_TWO_REPORTS = ("reports-disagree", "arm-size-differs")
#: What tells a finding: its code, and what its row is about.
READ = ("code", "study_id", "report_id", "outcome", "population", "arm")
#: Columns that hold a number which somebody typed.
NUMBERS = ("events", "n", "estimate", "ci_low", "ci_high", "se", "sd", "p_value")
BOUND_FOUND, BOUND_FALSE = 0.95, 0.01
Rows = list[Row]


@dataclass
class Tally:
    """What became of the errors of one kind."""

    kind: Kind
    sites: int
    """Places of the data in which it can be made and the numbers that show it are there."""
    found: int = 0
    refused: int = 0
    """Of those found: the store refuses the row."""
    missed: list[str] = field(default_factory=list)

    @property
    def planted(self) -> int:
        """Errors planted."""
        return self.found + len(self.missed)


def wilson(found: int, planted: int) -> tuple[float, float]:
    """Wilson's 95% limits of a share."""
    if not planted:
        return 0.0, 1.0
    z, p = 1.959963984540054, found / planted
    middle, half = p + z * z / (2 * planted), z * math.sqrt(p * (1 - p) / planted + z * z / (4 * planted**2))
    whole = 1 + z * z / planted
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


class Audit:
    """The checks, run on one study at a time; a study's findings are those of its rows alone."""

    def __init__(self, tables: Mapping[str, Rows], checks: Sequence[AuditCheck]) -> None:
        self.tables, self.checks = tables, checks
        self.studies: dict[str, Rows] = defaultdict(list)
        for row in tables["results"]:
            self.studies[row["study_id"]].append(row)
        self._clean: dict[str, Counter[tuple[str, str]]] = {}

    def findings(self, results: Sequence[Row], study: str | None = None) -> list[AuditFinding]:
        """What all checks find in rows."""
        tables = {
            name: [row for row in rows if study is None or row["study_id"] == study]
            for name, rows in self.tables.items()
        } | {"results": list(results)}
        request = AuditRequest(tables=tables)
        found = [check.find(request, check.options()) for check in self.checks]
        every = [item for some in found for item in getattr(some, "findings", some)]
        return [item for item in every if item.code not in OF_TWO_REPORTS]

    def new(self, study: str, changed: Mapping[str, Row]) -> list[AuditFinding]:
        """The findings that a study has more with changed rows, by their identity."""
        rows = self.studies[study]
        if study not in self._clean:
            self._clean[study] = Counter(_identity(item) for item in self.findings(rows, study))
        more = [row for name, row in changed.items() if name not in {known["row_id"] for known in rows}]
        found = self.findings([*(changed.get(row["row_id"], row) for row in rows), *more], study)
        known = Counter(self._clean[study])
        fresh = []
        for item in found:
            if known[_identity(item)]:
                known[_identity(item)] -= 1
            else:
                fresh.append(item)
        return fresh


def _identity(item: AuditFinding) -> tuple[str, str]:
    return item.code, f"{item.place.row_id} {item.message}"


def sites(audit: Audit) -> Iterator[tuple[str, Site]]:
    """Every comparison, and every other row, with another row of its report from which numbers can be taken."""
    for study, rows in audit.studies.items():
        compared = list(comparisons(rows))
        within = {id(row) for found in compared for row in found.rows.values()}
        for number, found in enumerate(compared):
            others = [other.arm for other in compared[number + 1 :] + compared[:number]]
            other = next((row for row in others if row["measure"] == found.arm["measure"]), None)
            contrast = compared[number - 1].contrast if len(compared) > 1 else None
            yield study, Site(found.rows, _taken(other, contrast))
        for row in rows:
            if id(row) not in within:
                yield study, Site({"row": row}, _like(row, rows))


def _taken(arm: Row | None, contrast: Row | None) -> Row | None:
    return None if arm is None else {**arm, "p_value": contrast["p_value"] if contrast else None}


def _like(row: Row, rows: Rows) -> Row | None:
    return next((other for other in rows if other is not row and other["measure"] == row["measure"]), None)


def planted(audit: Audit, errors: int, seed: int) -> list[Tally]:
    """So many errors, one kind after the other, none twice; a kind of which no other can be made is left out then."""
    dice = random.Random(seed)
    places = list(sites(audit))
    options = {kind.name: [place for place in places if shown_by_data(kind, place[1], audit)] for kind in KINDS}
    tallies = [Tally(kind, len(options[kind.name])) for kind in KINDS]
    left, made, done = list(tallies), set[str](), 0
    while left and done < errors:
        for tally in list(left):
            fresh = _fresh(tally.kind, options[tally.kind.name], made, dice)
            if fresh is None:
                left.remove(tally)
            elif done < errors:
                judge(audit, *fresh, tally)
                done += 1
    return [tally for tally in tallies if tally.planted]


def _fresh(
    kind: Kind, places: Sequence[tuple[str, Site]], made: set[str], dice: random.Random
) -> tuple[str, Site, Typed] | None:
    """An error of the kind that was not made yet; None where a hundred attempts bring none."""
    for _ in range(100 if places else 0):
        study, site = dice.choice(places)
        typed = kind.plant(site, dice)
        identity = f"{[row['row_id'] for row in site.rows.values()]} {typed}"
        if typed is not None and changes_something(site, typed) and identity not in made:
            made.add(identity)
            return study, site, typed
    return None


def judge(audit: Audit, study: str, site: Site, typed: Typed, tally: Tally) -> None:
    """One error planted: refused, found or missed."""
    changed = {_id(site, role, values): {**site.rows.get(role, {}), **values} for role, values in typed.items()}
    names = {*(row["row_id"] for row in site.rows.values()), *changed}
    if any(refused(row) for row in changed.values()):
        tally.found += 1
        tally.refused += 1
    elif any(names & {place.row_id for place in (item.place, *item.also)} for item in audit.new(study, changed)):
        tally.found += 1
    else:
        before = {role: {name: site.rows.get(role, {}).get(name) for name in values} for role, values in typed.items()}
        tally.missed.append(
            f"{study} {site.rows.get('contrast', site.rows.get('row'))['outcome']}: {before} → {dict(typed)}"
        )


def _id(site: Site, role: str, values: Mapping[str, Any]) -> str:
    return str(site.rows[role]["row_id"] if role in site.rows else values["row_id"])


def refused(row: Row) -> bool:
    """Whether the store takes no such row."""
    there = {name: value for name, value in row.items() if value is not None and name not in ("row_id", "origin")}
    return any(True for _ in contradictions("results", there))


def shown_by_data(kind: Kind, site: Site, audit: Audit) -> bool:
    """Whether an error of the kind can be made here and other numbers say the same as those that it changes.

    In a comparison, contrast and arms say the same. Another row says it of its own where it has an estimate with limits
    (of limits, estimate, SE, level), an SE and limits, or a percentage beside a count; of n, four rows of the arm.
    """
    if kind.plant(site, random.Random(0)) is None and kind.plant(site, random.Random(1)) is None:
        return False
    if "arm" in site.rows:
        return True
    return redundant(kind.name, site.rows["row"], audit)


def redundant(kind: str, row: Row, audit: Audit) -> bool:
    """Whether a row that stands alone has the numbers that show an error of the kind."""
    whole = all(row.get(name) is not None for name in ("estimate", "ci_low", "ci_high"))
    whole = whole and row["measure"] not in ("time", "median-months")  # their intervals have no middle
    if kind in ("digits of a limit", "digits of an estimate", "decimal point", "lost minus sign", "estimate and limit"):
        return whole
    if kind in ("limits exchanged", "logarithm as ratio"):
        return whole
    if kind in ("wrong level",):
        return whole and row.get("se") is not None
    if kind == "SD as SE":
        return whole or (row["measure"] == "survival" and bool(row.get("n")))
    if kind in ("digits of events", "percentage as count", "those without the event", "another row"):
        return row["measure"] == "count" and row.get("estimate") is not None and bool(row.get("n"))
    if kind in ("digits of n", "n of another arm"):
        return alike(row, audit) >= 4
    if kind == "row twice":
        return whole
    return False


def alike(row: Row, audit: Audit) -> int:
    """How many other rows of the arm, population and report have the same n."""
    key = ("report_id", "population", "arm", "n")
    fixed = str(row.get("population") or "").casefold()
    if not row.get("n") or not (fixed in ("itt", "safety") or fixed.startswith("subgroup:")):
        return 0
    rows = audit.studies[row["study_id"]]
    return sum(all(other.get(name) == row.get(name) for name in key) for other in rows) - 1


def alarms(audit: Audit, clean: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Findings on the data as they are that nobody has looked up and found true: ``seeded_read.csv``."""
    rows = {row["row_id"]: row for row in audit.tables["results"]}
    with (Path(__file__).parent / "seeded_read.csv").open(encoding="utf-8", newline="") as file:
        read = {tuple(line[name] for name in READ) for line in csv.DictReader(file)}
    return [item for item in clean if identified(item, rows) not in read]


def identified(item: AuditFinding, rows: Mapping[str, Row]) -> tuple[str, ...]:
    """A finding by what it is about."""
    row = rows.get(item.place.row_id, {})
    return item.code, *(str(row.get(name) or "") for name in READ[1:])


def cells(rows: Sequence[Row]) -> int:
    """How many numbers there are."""
    return sum(row.get(name) is not None for row in rows for name in NUMBERS)


def table(tallies: Sequence[Tally], places: int) -> list[str]:
    """The result by kind as a Markdown table."""
    names = (
        "kind of error",
        "planted",
        "found",
        "share (95% CI)",
        "of these refused by the store",
        "places that show it",
    )
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for tally in tallies:
        low, high = wilson(tally.found, tally.planted)
        share = f"{tally.found / tally.planted:.0%} ({low:.0%} to {high:.0%})"
        row = (tally.kind.words, tally.planted, tally.found, share, tally.refused, f"{tally.sites / places:.0%}")
        lines.append(f"| {' | '.join(map(str, row))} |")
    found, total = sum(tally.found for tally in tallies), sum(tally.planted for tally in tallies)
    low, high = wilson(found, total)
    refused_ = sum(tally.refused for tally in tallies)
    lines.append(f"| **all** | {total} | {found} | {found / total:.1%} ({low:.1%} to {high:.1%}) | {refused_} | |")
    return lines


def audit_of(arguments: argparse.Namespace) -> Audit:
    """The data and the checks that are installed."""
    known = {name: found.descriptor for name, found in installed().of(AuditCheck).items()}
    checks = [known[name] for name in CHECKS if name in known]
    if arguments.corpus is None:
        return Audit(extractions(ROOT / "reviews" / "extractions"), checks)
    rows = with_p(seeded_corpus.results(arguments.corpus, arguments.digits))
    return Audit({"results": rows, "studies": [], "reports": []}, checks)


def main() -> int:
    """Plant, audit, print; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--digits", type=int, default=6)
    parser.add_argument("--errors", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true", help="print every error that was not found")
    arguments = parser.parse_args()
    audit = audit_of(arguments)
    rows = audit.tables["results"]
    start = time.perf_counter()
    clean = audit.findings(rows)
    seconds, looked_at = time.perf_counter() - start, cells(rows)
    tallies = planted(audit, arguments.errors, arguments.seed)
    places = sum(1 for _ in sites(audit))
    names = ", ".join(check.name for check in audit.checks)
    print(f"{len(rows)} rows, {looked_at} numbers, {len(audit.studies)} studies; {names}")
    false = alarms(audit, clean)
    print(f"as they are: {len(clean)} findings, {len(clean) - len(false)} looked up and true, {seconds:.1f} s")
    print(f"false alarms: {len(false)}, {len(false) / looked_at:.3%} of the numbers")
    for code, times in Counter(item.code for item in false).most_common():
        print(f"  {code}: {times}")
    print("\n".join(table(tallies, places)))
    for tally in tallies if arguments.missed else ():
        print(
            *(f"missed, {tally.kind.name}: {words}" for words in tally.missed),
            sep="\n",
            end="\n" if tally.missed else "",
        )
    found, total = sum(tally.found for tally in tallies), sum(tally.planted for tally in tallies)
    return int(found / total < BOUND_FOUND or len(false) / looked_at >= BOUND_FALSE)


if __name__ == "__main__":
    sys.exit(main())
