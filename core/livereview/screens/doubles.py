"""Pairs of records that look alike, side by side in the terminal."""

from __future__ import annotations

from livereview.console import paragraph, say
from livereview.deciding.doubles import Double, PairSitting
from livereview.screens.screening import key

_VERDICTS = {"s": "same", "d": "different"}
_KEYS = {**_VERDICTS, "k": "skip", "b": "back", "q": "quit", "?": "help"}
_HELP = """\
s same: one publication found twice; one of the two records is kept
d different: two publications, be it of one trial; both stay
k skip: nothing is recorded
b back: change what you answered before
q quit: what you answered is recorded"""


def sit(sitting: PairSitting) -> None:
    """Go through the pairs until the last or until the person quits."""
    while (double := sitting.current) is not None:
        say()
        say(f"{sitting.at + 1:,} of {len(sitting.queue):,} · are these the same publication?")
        pair(double)
        if before := sitting.answers.get(double.ids):
            say(f"Your answer: {before}")
        if not _answered(sitting):
            return


def pair(double: Double) -> None:
    """What both say once, and what they say differently one below the other."""
    if double.why:
        paragraph(double.why)
    first, second = double.first["record_id"], double.second["record_id"]
    say(f"A {first}")
    say(f"B {second}")
    for name, one, other, differs in double.compared:
        if differs:
            paragraph(f"{name} differs:", bold=True)
            paragraph(f"A {one or '[empty]'}", indent="  ")
            paragraph(f"B {other or '[empty]'}", indent="  ")
        else:
            paragraph(f"{name}: {one}")
    say()


def _answered(sitting: PairSitting) -> bool:
    """Ask until the pair is left; False if the person quits."""
    while True:
        word = key(" ".join(f"[{letter}] {name}" for letter, name in _KEYS.items()), _KEYS)
        if word in (None, "quit"):
            return False
        if word == "help":
            for line in _HELP.splitlines():
                say(line)
        elif word == "back":
            sitting.back()
            return True
        elif word == "skip":
            sitting.skip()
            return True
        else:
            sitting.answer(str(word))
            return True
