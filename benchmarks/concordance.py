"""Every outcome of the reviews computed again by R metafor and statsmodels: what agrees, what explains gaps.

Run: python benchmarks/concordance.py REVIEW.toml... Each outcome is run under its own choices and under those of its
sensitivity analyses. Prints a table by review and program, the explanations with how often each was needed, and what
was not compared. Exit code 1 if a gap is unexplained, or a program did not answer.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from livereview import AnalysisRequest, PluginError
from livereview.errors import ExpectedError
from livereview.evidence.store import Store
from livereview.further_analyses import request_of
from livereview.manifest.models import varied
from livereview.numbers import numbers_of
from livereview.outlook import outlook
from livereview.places import opened, places_of
from livereview.setting import setting_of
from livereview_concordance.analysis import Concordance, ConcordanceOptions, concordance

HEADER = (
    "| review | analyses | program | quantities | agree | gap explained | unexplained |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass(kw_only=True)
class Tally:
    """What the comparisons of one review, measure or model came to, by program."""

    outcomes: int = 0
    without: Counter[str] = field(default_factory=Counter)
    """Analyses that were not compared, by reason."""
    agreeing: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: Counter[str] = field(default_factory=Counter)
    explanations: Counter[tuple[str, str]] = field(default_factory=Counter)
    not_compared: Counter[tuple[str, str]] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    open_gaps: list[str] = field(default_factory=list)

    def add(self, name: str, found: Concordance) -> None:
        """Counts one comparison."""
        self.outcomes += 1
        self.absent.update(found.absent)
        for row in found.compared:
            tally = self.agreeing if row.agrees else self.unexplained if row.unexplained else self.explained
            tally[row.engine] += 1
            if row.explanation:
                self.explanations[row.engine, row.explanation] += 1
            if row.unexplained:
                self.open_gaps.append(
                    f"{name}: {row.engine}: {row.quantity.title}: {row.ours} beside {row.theirs} ({row.difference:.1e})"
                )
        for answer in found.answers:
            self.not_compared.update((answer.engine, why) for key, why in answer.missing.items() if key in found.own)


def requests(path: Path) -> Iterator[tuple[str, AnalysisRequest]]:
    """Every outcome of a review under its own choices and under each of its sensitivity analyses, as a request."""
    file, plugins = opened(path)
    scope = outlook(file.manifest, Store(places_of(file).store).evidence()).scope
    for outcome in (file.manifest.outcome(item.id) for item in file.manifest.outcomes):
        for title, choices in (("", outcome), *((i.title, varied(outcome, i)) for i in outcome.sensitivity or ())):
            setting = setting_of(scope, choices, plugins)
            numbers = numbers_of(setting.scope, choices, setting.measure)
            if len(numbers.ids) > 1:
                yield f"{outcome.id}{f' ({title})' if title else ''}", request_of(setting, numbers)


def told(name: str, tally: Tally, seconds: float) -> None:
    """The rows of the table for one review."""
    for engine in ("metafor", "statsmodels"):
        agreeing, explained, rest = tally.agreeing[engine], tally.explained[engine], tally.unexplained[engine]
        print(f"| {name} | {tally.outcomes} | {engine} | {agreeing + explained + rest} | {agreeing} | {explained} "
              f"| {rest} |")  # fmt: skip
    print(f"{name}: {seconds:.0f} s", file=sys.stderr)


def main() -> int:
    """Print the tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reviews", type=Path, nargs="+", help="manifests")
    arguments = parser.parse_args()
    print(HEADER)
    whole = []
    for path in arguments.reviews:
        tally, started = Tally(), perf_counter()
        try:
            for name, request in requests(path):
                try:
                    tally.add(name, concordance(request, ConcordanceOptions()))
                except PluginError as error:
                    tally.without[str(error)] += 1
        except ExpectedError as error:
            print(error, file=sys.stderr)
            return 2
        told(path.stem, tally, perf_counter() - started)
        whole.append(tally)
    return summary(whole)


def summary(whole: list[Tally]) -> int:
    """The explanations, what was not compared, and the gaps that stay open; the exit code."""
    for title, attribute in (("explanations", "explanations"), ("not compared", "not_compared")):
        print(f"\n{title}:")
        counts: Counter[tuple[str, str]] = sum((getattr(tally, attribute) for tally in whole), Counter())
        for (engine, words), times in counts.most_common():
            print(f"{times:>6}  {engine}: {words}")
    for words, times in sum((tally.without + tally.absent for tally in whole), Counter()).most_common():
        print(f"{times:>6}  {words}")
    gaps = [gap for tally in whole for gap in tally.open_gaps]
    print("\n".join(["", f"unexplained: {len(gaps)}", *gaps]))
    return int(bool(gaps) or any(tally.absent for tally in whole))


if __name__ == "__main__":
    sys.exit(main())
