"""A whole corpus of published analyses pooled in one command, beside the estimates and weights printed in it.

Run: python benchmarks/corpus.py FOLDER, the folder being as ``corpus_rows`` says; it is no part of this project. Prints
the agreement by measure and by method, what each class of disagreement is, time and memory. Exit code 1 if a number
disagrees without explanation, or an analysis is lost.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections import Counter, defaultdict
from pathlib import Path
from time import perf_counter

from corpus_rows import MEASURES, Compared, computed, read
from corpus_weights import Outcome, pool, sets

#: The classes of agreement of weights, and what they mean.
EXPLAINED = {
    "agrees": "every weight as printed, within 2e-6 of 100%, pooled as the corpus says",
    "one study": "one estimable study: 100%",
    "as another": "weights as printed, by another method than the corpus says: its labels are inferred, for whole "
    "analyses and with a wider tolerance, and random effects with tau² = 0 look like a common effect",
    "up to a factor": "some rows count in a subgroup or in the overall result only, and weights of both are printed "
    "together: those of the rows that count everywhere are as printed up to one factor",
    "no weights": "the review does not pool (totals off): pooled here all the same, nothing to compare with",
    "nothing estimable": "no study has an effect, each for its reason above",
    "no measure": "the corpus names no measure: nothing is printed, or (two rows) an estimate that no measure gives",
    "refused": "our model gives no number, and says why: risk differences without any event, of which the sums that "
    "Mantel-Haenszel's variance is made of are 0",
    "last digits": "within 1e-4 of 100%, in the review whose study estimates differ in the last digit already",
    "differs": "NOT EXPLAINED",
}


def estimates(compared: list[Compared]) -> None:
    """The table of study estimates and intervals."""
    print(f"{'measure':>8} {'rows':>7} {'agree':>7} {'not estimable':>14} {'last digit':>11} {'wrong':>6} {'worst':>9}")
    for found in compared:
        print(
            f"{found.measure:>8} {found.rows:>7} {found.agree:>7} {found.not_estimable:>14} {found.last_digit:>11} "
            f"{found.wrong:>6} {found.worst:>9.1e}"
        )
    total = [
        sum(getattr(found, name) for found in compared)
        for name in ("rows", "agree", "not_estimable", "last_digit", "wrong")
    ]
    print(f"{'all':>8} {total[0]:>7} {total[1]:>7} {total[2]:>14} {total[3]:>11} {total[4]:>6}")
    reasons: Counter[str] = sum((found.reasons for found in compared), Counter())
    print("\nnot estimable, in both:")
    for reason, n in reasons.most_common():
        print(f"{n:>7}  {reason}")


def agreement(found: list[Outcome]) -> None:
    """The table of weights by measure and method, and what each class is."""
    classes = [name for name in EXPLAINED if any(outcome.fate == name for outcome in found)]
    table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    worst: dict[tuple[str, str], float] = defaultdict(float)
    for outcome in found:
        at = outcome.measure or "-", outcome.label or "-"
        table[at][outcome.fate] += 1
        if outcome.fate in ("agrees", "one study"):
            worst[at] = max(worst[at], outcome.gaps[outcome.label or outcome.nearest])
    print(
        "\n"
        + f"{'measure':>8} {'method':>15}"
        + "".join(f" {name:>17}" for name in classes)
        + f" {'worst agreeing':>15}"
    )
    for at in sorted(table):
        print(
            f"{at[0]:>8} {at[1]:>15}"
            + "".join(f" {table[at][name] or '':>17}" for name in classes)
            + f" {worst[at]:>15.1e}"
        )
    total = Counter(outcome.fate for outcome in found)
    print(f"{'all':>8} {'':>15}" + "".join(f" {total[name]:>17}" for name in classes) + "\n")
    for name in classes:
        print(f"{name}: {EXPLAINED[name]}")
    others = Counter(
        f"{outcome.label or '-'} is {outcome.nearest}" for outcome in found if outcome.fate == "as another"
    )
    print("as another, in detail: " + "; ".join(f"{n} x {text}" for text, n in others.most_common()))


def main() -> int:
    """Print the tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the corpus")
    arguments = parser.parse_args()
    started = perf_counter()
    rows = read(arguments.folder)
    compared = [computed(rows, measure) for measure in MEASURES]
    ready = perf_counter()
    found = sets(rows)
    total = sum(outcome.printed.size > 0 for outcome in found)

    def progress(done: int) -> None:
        print(f"\rpooled {done} of {total} sets", end="" if done < total else "\n", file=sys.stderr, flush=True)

    notes = pool(rows, found, progress)
    finished = perf_counter()
    estimates(compared)
    agreement(found)
    analyses = len({outcome.analysis for outcome in found})
    print("\nnotes of the models:")
    for note, n in notes.most_common():
        print(f"{n:>7}  {note}")
    fits = sum(len(outcome.gaps) + len(outcome.refused) for outcome in found)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{analyses} analyses, {len(found)} sets, {fits} fits: reading and effects {ready - started:.1f} s, "
        f"pooling {finished - ready:.1f} s, at most {peak:.0f} MB"
    )
    wrong = sum(found.wrong for found in compared) + sum(outcome.fate == "differs" for outcome in found)
    lost = rows["analysis"].nunique() - analyses
    return int(wrong > 0 or lost > 0)


if __name__ == "__main__":
    sys.exit(main())
