"""The screening of records in the terminal: one record, one question, one answer at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from livereview.console import ask, paragraph, say, table
from livereview.deciding.known import Known
from livereview.deciding.screening import Sitting, reason_refused
from livereview.deciding.settling import Settled
from livereview.deciding.waiting import STAGES, Waiting
from livereview.pairing import Row
from livereview.printing import counted

NAMES = {"title-abstract": "title and abstract", "retrieval": "retrieval", "full-text": "full text"}
_DECISIONS = {"i": "include", "e": "exclude", "u": "unsure"}
_KEYS = {**_DECISIONS, "s": "skip", "b": "back", "q": "quit", "?": "help"}
_OFFERED = 9
_AUTHORS = 5
_HELP = """\
i include: it goes on to the next stage; at retrieval: the full text is at hand
e exclude: you are asked why (needed at full text); at retrieval: no full text is to be had
u unsure: you are asked again another day
s skip: nothing is recorded
b back: change what you answered before
q quit: what you answered is recorded. So it is after Ctrl-C, and after a crash at the next start"""


def status(found: Mapping[str, Any]) -> None:
    """How many records await at each stage, how many conflict, and what each person decided."""
    repeat = "repeats" if found["duplicates"] == 1 else "repeat"
    say(f"{found['review']}: {counted(found['records'], 'record')}, of which {found['duplicates']:,} {repeat} another")
    stages = found["stages"]
    rows = [
        [NAMES[stage], *(f"{stages[stage][name]:,}" for name in ("awaiting", "decided_by_one", "conflicts"))]
        for stage in STAGES
    ]
    table("", ["stage", "awaiting", "decided by one", "conflicts"], rows, right=(1, 2, 3))
    people = [
        [name, NAMES.get(stage, stage), *(f"{counts.get(word, 0):,}" for word in ("include", "exclude", "unsure"))]
        for name, of in found["people"].items()
        for stage, counts in of.items()
    ]
    if people:
        say()
        table("", ["person", "stage", "include", "exclude", "unsure"], people, right=(2, 3, 4))


def sit(sitting: Sitting, known: Known, reasons: Sequence[str]) -> None:
    """Go through the records until the last or until the person quits."""
    offered = list(reasons[:_OFFERED])
    while (waiting := sitting.current) is not None:
        say()
        say(f"{sitting.at + 1:,} of {len(sitting.queue):,} · {NAMES[waiting.stage]}")
        record(waiting.record, waiting.source, known.words(waiting.record))
        _before(waiting, sitting)
        if not _answered(sitting, waiting, offered):
            return


def record(row: Row, source: str, known: Sequence[str]) -> None:
    """One record: everything that a person needs to decide, and nothing that anybody decided."""
    paragraph(row["title"], bold=True)
    paragraph(" · ".join(part for part in (_authors(row), _where(row)) if part))
    numbers = [f"{name} {row[column]}" for name, column in _NUMBERS if row[column]]
    if numbers:
        say(" · ".join(numbers))
    for line in known:
        paragraph(f"Known: {line}.")
    if source:
        paragraph(f"Found by {source}.")
    say()
    paragraph(row["abstract"] or "[no abstract]", indent="  ")
    say()


_NUMBERS = (("DOI", "doi"), ("PMID", "pmid"), ("registered as", "registry_id"))


def _authors(row: Row) -> str:
    names = [name.strip() for name in str(row["authors"] or "").split(";") if name.strip()]
    return "; ".join(names[:_AUTHORS]) + (" et al." if len(names) > _AUTHORS else "")


def _where(row: Row) -> str:
    volume = str(row["volume"] or "") + (f"({row['issue']})" if row["issue"] else "")
    pages = f":{row['pages']}" if row["pages"] else ""
    parts = [str(row["journal"] or ""), str(row["year"] or ""), volume + pages]
    return ", ".join(part for part in parts if part)


def _before(waiting: Waiting, sitting: Sitting) -> None:
    """What was said of the record before, as far as this person may see it."""
    for row in waiting.others:
        paragraph(f"{row['person']}: {_said(row)}")
    if waiting.own is not None:
        say("You were unsure.")
    answer = sitting.answer_before
    if answer is not None:
        paragraph(f"Your answer: {_said(answer)}")


def _said(row: Mapping[str, Any]) -> str:
    return f"{row['decision']} ({row['reason']})" if row["reason"] else str(row["decision"])


def _answered(sitting: Sitting, waiting: Waiting, reasons: list[str]) -> bool:
    """Ask until the record is left; False if the person quits."""
    allowed = {key: word for key, word in _KEYS.items() if not (sitting.settling and key == "u")}
    while True:
        word = key(" ".join(f"[{letter}] {name}" for letter, name in allowed.items()), allowed)
        if word in (None, "quit"):
            return False
        if word == "help":
            for line in _HELP.splitlines():
                say(line)
        elif word == "skip":
            sitting.skip()
            return True
        elif word == "back":
            if sitting.at:
                sitting.back()
                return True
            say("This is the first record.")
        else:
            reason = _reason(waiting.stage == "full-text", reasons) if word == "exclude" else ""
            if reason is None:
                continue
            sitting.answer(str(word), reason)
            return True


def _reason(needed: bool, reasons: list[str]) -> str | None:
    """A reason by number or in words; None where the person does not want to exclude after all."""
    for number, reason in enumerate(reasons, start=1):
        say(f"  {number} {reason}")
    while True:
        typed = ask(f"Reason (a number or words{'' if needed else '; Enter for none'}; a stop goes back):")
        if typed is None or typed == ".":
            return None
        if typed.isdecimal():
            if 0 < int(typed) <= len(reasons):
                return reasons[int(typed) - 1]
            say(f"No reason has the number {typed}; write it in words.")
        elif not typed:
            if not needed:
                return ""
            say("An exclusion at full text needs a reason, which the flow diagram prints.")
        elif wrong := reason_refused(typed):
            say(wrong)
        else:
            if typed not in reasons and len(reasons) < _OFFERED:
                reasons.append(typed)
            return typed


def key(question: str, keys: Mapping[str, str], say_wrong: Callable[[str], None] = say) -> str | None:
    """The word of the key that a person presses; the word itself is as good. None where there is no more to read."""
    while True:
        typed = ask(f"{question}:")
        if typed is None:
            return None
        if typed in keys:
            return keys[typed]
        if typed.casefold() in keys:
            return keys[typed.casefold()]
        if typed.casefold() in keys.values():
            return typed.casefold()
        say_wrong(f"{typed!r} is no answer here." if typed else "Type a letter, then Enter.")


def done(found: Settled, answers: Mapping[str, int], left: int | None = None) -> None:
    """What a sitting came to."""
    said = ", ".join(f"{number:,} {word}" for word, number in answers.items() if number)
    say()
    say(f"{counted(found.recorded, 'row')} recorded for {found.person}" + (f": {said}." if said else "."))
    if left is not None:
        say(f"{left:,} left for {found.person}.")
