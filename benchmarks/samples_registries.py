"""Records of ClinicalTrials.gov: what the files hold, counted without the reader, against what the reader makes of it.

    python benchmarks/samples_registries.py FOLDER

FOLDER holds .json (version 2) and .xml files. Every posted value, analysis and count of an adverse event must end in
exactly one of three: a proposed row, a note that counts it, or a named problem. Exits with 1 where one is lost.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from livereview_registries.documents import read_document
from livereview_registries.options import RegistryFileOptions
from livereview_registries.proposals import Wording, proposed

_NO_NUMBER = "outcome measures whose results are not posted yet"
_ALL = RegistryFileOptions(path="x", adverse_events="all")


def counted_in_json(value: Any) -> int:
    """Values, analyses, counts of terms and totals of the studies in a JSON document."""
    found = 0
    for study in value.get("studies", [value]):
        results = study.get("resultsSection", {})
        for outcome in results.get("outcomeMeasuresModule", {}).get("outcomeMeasures", []):
            found += len(outcome.get("analyses", []))
            for row in outcome.get("classes", []):
                found += sum(len(category.get("measurements", [])) for category in row["categories"])
        events = results.get("adverseEventsModule", {})
        for term in (*events.get("seriousEvents", []), *events.get("otherEvents", [])):
            found += len(term["stats"])
        for group in events.get("eventGroups", []):
            found += sum(any(f"{kind}Num{part}" in group for part in ("Affected", "AtRisk")) for kind in _KINDS)
    return found


_KINDS = ("deaths", "serious", "other")


def counted_in_xml(text: str) -> int:
    """The same of a legacy document, by its tags."""
    results = text.partition("<clinical_results>")[2]
    outcomes = results.partition("<outcome_list>")[2].partition("</outcome_list>")[0]
    events = results.partition("<reported_events>")[2]
    values = len(re.findall(r"<measurement\b", outcomes)) + len(re.findall(r"<analysis>", outcomes))
    return values + len(re.findall(r"<counts\b", events))


def read(content: bytes, name: str) -> tuple[int, int, int, list[str]]:
    """Proposed from what is posted, set aside, named, and what was refused as a whole."""
    document = read_document(content, name)
    rows = aside = named = 0
    for trial in document.trials:
        drafting = proposed(trial, name, _ALL, Wording.of(_ALL), ()).drafting
        rows += sum(draft.status == "verified" for draft in drafting.drafts)
        aside += sum(len(paths) for reason, paths in drafting.aside.items() if reason != _NO_NUMBER)
        named += len({problem.column for problem in drafting.left_out if _is_number(str(problem.column))})
    return rows, aside, named, [problem.message for problem in document.left_out]


def _is_number(path: str) -> bool:
    """Whether a path leads to one posted number, not to a group without one or an outcome without values."""
    return bool(
        re.search(
            r"/(measurements|stats|analyses)/\d+$|Num(Affected|AtRisk)$|(counts|analysis|measurement)\[\d+\]$", path
        )
    )


def files(folder: Path) -> Iterator[Path]:
    """Documents below the folder, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".xml"))


def main(folder: Path) -> int:
    """Print the table; 1 where a number is lost."""
    lost = total = 0
    started = time.process_time()
    print(f"{'file':62} {'own count':>9} {'rows':>6} {'counted':>7} {'named':>6} {'lost':>5}")
    for path in files(folder):
        content = path.read_bytes()
        text = content.decode("utf-8")
        own = counted_in_xml(text) if path.suffix == ".xml" else counted_in_json(json.loads(text))
        rows, aside, named, refused = read(content, path.name)
        missing = 0 if refused and not rows else own - rows - aside - named
        note = f"  refused: {refused[0]}" if refused else ""
        print(f"{path.relative_to(folder).as_posix():62} {own:9,} {rows:6,} {aside:7,} {named:6,} {missing:5,}{note}")
        lost += missing != 0
        total += own
    print(f"{total:,} numbers in {time.process_time() - started:.1f} s; files with a loss: {lost}")
    return 1 if lost else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python benchmarks/samples_registries.py FOLDER")
    given = Path(sys.argv[1])  # the folder of the registry's samples, or the one with the samples of all sources
    sys.exit(main(given / "ctgov" if (given / "ctgov").is_dir() else given))
