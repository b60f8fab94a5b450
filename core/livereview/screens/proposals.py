"""Proposed rows in the terminal: what is recorded, what would stand there, and a letter for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from livereview.console import ask, paragraph, say, table
from livereview.deciding.acceptance import Verdict, cell_refused, in_short
from livereview.deciding.dockets import Card
from livereview.deciding.examination import Examination
from livereview.deciding.screening import reason_refused
from livereview.descriptions import described, what_in_words
from livereview.evidence.schema import TABLES
from livereview.printing import counted
from livereview.screens.screening import key

_ONE = {"a": "accept", "d": "decline", "c": "change", "k": "keep", "s": "skip", "b": "back", "q": "quit"}
_ALL = {"A": "accept all", "D": "decline all", "?": "help"}
_KEYS = {**_ONE, **_ALL}
_HELP = """\
a accept: the row enters the store as it is shown
d decline: you are asked why; it does not come back unless its source changes the number
c change: set a cell before you accept: its column, a blank, the value; = for the value that is proposed
k keep: set every cell that is marked ? to the value that is proposed
s skip: nothing is recorded
b back: change what you answered before
A, D: accept or decline all rows of this document that are still open
q quit: what you answered is recorded. So it is after Ctrl-C, and after a crash at the next start
+ new  ~ changed  - would be emptied  ? to be set by a person, as the source cannot know it  * set by you"""
#: Columns whose text is too long for a table.
_PROSE = ("locator", "note")
_SIGNS = {"new": "+", "changed": "~", "same": " ", "gone": "-", "to be set": "?", "set": "*"}


def listed(cards: Sequence[Card]) -> None:
    """Every open proposal as a difference to what is recorded, by study and document."""
    for number, one in enumerate(cards):
        if number == 0 or (one.study, one.document) != (cards[number - 1].study, cards[number - 1].document):
            if number:
                say()
            say(f"{one.study or 'no study yet'} · {one.document}")
        say()
        card(one)


def card(one: Card, taken: Collection[tuple[str, str]] = ()) -> None:
    """One proposal: cell by cell what is recorded and what is proposed, and what else must be known.

    ``taken`` are studies and reports that were accepted in this sitting, by table and id.
    """
    say(f"{_what(one)} [{one.id[:12]}]")
    cells = [cell for cell in one.cells() if not (cell.mark == "same" and one.recorded is not None)]
    rows = [
        [_SIGNS[cell.mark], cell.column, _shown(cell.recorded), _shown(cell.proposed)]
        for cell in cells
        if cell.column not in _PROSE
    ]
    if rows:
        table("", ["", "column", "recorded", "proposed"], rows)
    elif not cells:
        say("  the same as is recorded")
    for cell in cells:
        if cell.column in _PROSE:
            before = f" (recorded: {_shown(cell.recorded)})" if cell.recorded is not None else ""
            paragraph(f"{_SIGNS[cell.mark]} {cell.column}: {_shown(cell.proposed)}{before}", indent="  ")
    if "locator" not in one.values:
        paragraph(f"from {one.proposal['locator']}", indent="  ")
    if one.proposal["note"]:
        paragraph(str(one.proposal["note"]), indent="  ")
    for name, what in one.missing:
        if (name, what) not in taken:
            say(f"  not in the store: {what} ({name})")
    if one.sheet:
        say(f"  the recorded row was typed in {one.sheet}: correct it there")
    if one.elsewhere:
        say("  recorded from other reports:")
    for row in one.elsewhere:
        say(f"    {described(row)}, {row['status']}")


def _what(one: Card) -> str:
    kind = "correction of" if one.recorded is not None else "new in"
    names = TABLES[one.table]
    cells = {**dict.fromkeys(names.names), **one.values}
    what = what_in_words(cells) if one.table == "results" else ", ".join(str(cells[name] or "") for name in names.key)
    return f"{kind} {one.table}: {what}"


def _shown(value: Any) -> str:
    """A value with every digit that it has."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def examine(examination: Examination) -> None:
    """Go through the proposals until the last or until the person quits."""
    while (one := examination.current) is not None:
        say()
        number = examination.at + 1
        say(f"{number:,} of {len(examination.queue):,} · {one.study or 'no study yet'} · {one.document}")
        card(one, examination.taken)
        before = examination.verdicts.get(one.id)
        if before is not None:
            say(f"Your answer: {before.decision}{f' ({before.reason})' if before.reason else ''}")
        if not _answered(examination, one):
            return


def _answered(examination: Examination, one: Card) -> bool:
    """Ask until the proposal is left; False if the person quits."""
    while True:
        word = key(" ".join(f"[{letter}] {name}" for letter, name in _KEYS.items()), _KEYS)
        if word in (None, "quit"):
            return False
        if word == "help":
            for line in _HELP.splitlines():
                say(line)
            continue
        if word == "skip":
            examination.forward()
        elif word == "back":
            examination.back()
        elif word == "change":
            _change(examination, one)
        elif word == "keep":
            for name in one.unsettled:
                if one.values.get(name) is not None:
                    examination.change(one, name, one.values[name])
        elif not _decided(examination, one, str(word)):
            continue
        return True


def _decided(examination: Examination, one: Card, word: str) -> bool:
    """Carry out an answer; False where nothing came of it and the person is asked again."""
    if word == "accept":
        kept = _accept(examination, one)
    elif word == "decline":
        reason = _reason()
        kept = reason is not None and _put(examination, [Verdict(card=one, decision="decline", reason=reason)])
    else:
        kept = _all(examination, one, word.removesuffix(" all"))
    if kept:
        examination.forward()
    return kept


def _accept(examination: Examination, one: Card) -> bool:
    """Accept a row; what it rests on is shown, and accepted with it only if the person says so."""
    offered, lacking = examination.needed(one)
    if lacking:
        for table, name in lacking:
            say(f"{name} is not in {table}: decide on it first, add it to a sheet, or change the cell.")
        return False
    for other in offered:
        say()
        say("This rests on a row that is not in the store:")
        card(other, examination.taken)
    if offered and not _confirmed(f"Accept {counted(len(offered), 'row')} above with it?"):
        return False
    return _put(examination, [Verdict(card=each, decision="accept", seen=each.seen) for each in (*offered, one)])


def _put(examination: Examination, verdicts: Sequence[Verdict]) -> bool:
    """Keep verdicts; False where one of them cannot be, and why is said."""
    refused = examination.put(verdicts)
    for why in refused.values():
        for problem in why:
            say(in_short(problem))
    return not refused


def _change(examination: Examination, one: Card) -> None:
    """Set a cell, checked at once; where other rows of the document say the same there, in them too if wanted."""
    typed = ask("Column and value (= as proposed, nothing empties it):")
    column, _, text = (typed or "").partition(" ")
    if not column:
        return
    value = one.values.get(column) if text.strip() == "=" else text.strip()
    if wrong := cell_refused(one, column, value):
        say(wrong)
        return
    alike = examination.alike(one, column)
    if alike and _confirmed(f"Set it in {counted(len(alike), 'more row')} of this document that say the same there?"):
        for other in alike:
            examination.change(other, column, value)
    examination.change(one, column, value)


def _reason() -> str | None:
    """Why a proposal is declined; None where the person does not want to after all."""
    while True:
        typed = ask("Why (a stop goes back):")
        if typed is None or typed == ".":
            return None
        if not typed:
            say("A declined proposal needs a reason.")
        elif wrong := reason_refused(typed, "acceptances"):
            say(wrong)
        else:
            return typed


def _all(examination: Examination, one: Card, decision: str) -> bool:
    """Accept or decline every open row of the document; what cannot be accepted is named and stays open."""
    cards = examination.of_document(one)
    reason = _reason() if decision == "decline" else ""
    if reason is None or not cards:
        return False
    corrections = sum(each.recorded is not None for each in cards)
    about = f", {corrections:,} of them instead of a recorded row" if corrections and decision == "accept" else ""
    if not _confirmed(f"{decision.capitalize()} {counted(len(cards), 'row')} of {one.document}{about}?"):
        return False
    refused = examination.put([Verdict(card=each, decision=decision, reason=reason, seen=each.seen) for each in cards])
    reasons = Counter(" ".join(map(in_short, why)) for why in refused.values())
    for why, number in reasons.most_common():
        say(f"left open, {counted(number, 'row')}: {why}")
    return one.id not in refused


def _confirmed(question: str) -> bool:
    typed = ask(f"{question} Type yes:")
    return (typed or "").casefold() == "yes"
