"""Appraisals held to their instruments: scores that cannot be, totals that are not the sum, items that are missing.

Nothing is corrected. The review's own raters (rows that name a rater) can put right what they wrote, so what cannot be
is refused; what a report printed is kept as it was printed, and told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from livereview.instruments import Instrument, InstrumentItem
from livereview.manifest.models import Manifest
from livereview.manifest.words import among, nearest
from livereview.plugins import Plugins
from livereview.team.adjudication import Row, comparable


@dataclass(frozen=True, kw_only=True, eq=False)
class Discrepancy:
    """One thing about an appraisal that its instrument does not allow, or that is missing."""

    row: Row
    """The row at fault, or the first of the sheet."""
    column: str
    message: str
    remedy: str
    impossible: bool
    """Whether it cannot be; otherwise it may be right, and is only told."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one person scored one study with, for one outcome or as a whole."""

    study_id: str
    instrument: str
    outcome: str | None
    rater: str | None
    rows: tuple[Row, ...]


class Instruments:
    """The instruments that a review knows: those of its manifest, then those of the plugins."""

    def __init__(self, manifest: Manifest, plugins: Plugins) -> None:
        own = [part.instrument() for part in manifest.instruments]
        known = [*own, *(item.descriptor for item in plugins.of(Instrument).values())]
        self._known: dict[str, Instrument] = {}
        for instrument in known:
            for name in instrument.spellings:
                self._known.setdefault(name.casefold(), instrument)

    def find(self, written: str) -> Instrument | None:
        """The instrument that a sheet writes so; None if there is none."""
        return self._known.get(written.casefold())

    def unknown(self, written: str) -> str:
        """What to say of one that nobody defines."""
        near = nearest(written, {instrument.title for instrument in self._known.values()})
        return f'no instrument is called "{written}", so its scores are shown and not checked.{near}'


def item_of(instrument: Instrument, written: str) -> InstrumentItem | None:
    """The item that a sheet writes so, by name, title or another spelling, with a group of outcomes behind it where the
    instrument has them; None for a total and for what the instrument does not have."""
    return _item_and_group(instrument, written)[0]


def title_of(instrument: Instrument, written: str) -> str:
    """The item in words, with the group of outcomes that a sheet writes behind it; empty where there are none."""
    item, group = _item_and_group(instrument, written)
    title = item.title if item else ""
    return f"{title}: {group}" if title and group else title


def _item_and_group(instrument: Instrument, written: str) -> tuple[InstrumentItem | None, str]:
    parts = (*instrument.items, *((instrument.overall,) if instrument.overall else ()))
    by_word = {word.casefold(): part for part in reversed(parts) for word in (part.name, part.title, *part.also)}
    if written.casefold() in by_word:
        return by_word[written.casefold()], ""
    word, _, group = written.partition(": ") if instrument.grouped else (written, "", "")
    return by_word.get(word.casefold()), group


def is_total(instrument: Instrument, written: str) -> bool:
    """Whether an item of a sheet holds the sum of the others."""
    return written.casefold() in {name.casefold() for name in instrument.total}


def sum_of(instrument: Instrument, scores: Mapping[str, str]) -> float | None:
    """The sum of the scores (by item as written); None where one is no number or an item that must be there is not."""
    found = {item.name: score for name, score in scores.items() if (item := item_of(instrument, name)) is not None}
    if any(name not in found for name in _needed(instrument, found)) or not found:
        return None
    values = [comparable("score", found[item.name]) for item in instrument.items if item.name in found]
    return None if any(isinstance(value, str) for value in values) else sum(values)


def sheets(rows: Iterable[Row]) -> list[Sheet]:
    """The rows by study, instrument, outcome and rater, in the order of the rows."""
    groups: dict[tuple[str, str, str | None, str | None], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["study_id"], row["instrument"], row.get("outcome"), row.get("rater")), []).append(row)
    return [
        Sheet(study_id=key[0], instrument=key[1], outcome=key[2], rater=key[3], rows=tuple(group))
        for key, group in groups.items()
    ]


def discrepancies(sheet: Sheet, instrument: Instrument) -> Iterator[Discrepancy]:
    """Everything in one sheet that its instrument does not allow, then what is missing."""
    for row in sheet.rows:
        yield from _of_row(row, instrument)
    own = [row for row in sheet.rows if not row.get("adjudicates")]
    if not own:  # an adjudication has only the items that were in dispute
        return
    yield from _totals(own, instrument)
    yield from _overall(own, instrument)
    yield from _missing(own, instrument)
    if instrument.per_outcome and sheet.outcome is None:
        message = f"{instrument.title} judges a result, and no outcome is named"
        remedy = "Write the outcome code that is judged; empty means every outcome."
        yield Discrepancy(row=own[0], column="outcome", message=message, remedy=remedy, impossible=False)


# --- one rule each ---------------------------------------------------------------------------------------------


def _of_row(row: Row, instrument: Instrument) -> Iterator[Discrepancy]:
    if is_total(instrument, row["item"]):
        if isinstance(comparable("score", row["score"]), str):
            message = f"a total is a number, not {row['score']}"
            yield Discrepancy(row=row, column="score", message=message, remedy="Correct it.", impossible=True)
        return
    item = item_of(instrument, row["item"])
    if item is None:
        names = [part.name for part in (*instrument.items, *((instrument.overall,) if instrument.overall else ()))]
        remedy = f"Items: {among([*names, *instrument.total])}.{nearest(row['item'], _words(instrument))}"
        message = f"{instrument.title} has no such item"
        yield Discrepancy(row=row, column="item", message=message, remedy=remedy, impossible=True)
        return
    allowed = (*item.scores, *instrument.outside)
    if comparable("score", row["score"]) not in {comparable("score", score) for score in allowed}:
        message = f"{item.name} of {instrument.title} is {row['score']}, and can be {among(allowed)}"
        near = nearest(row["score"], allowed)
        yield Discrepancy(row=row, column="score", message=message, remedy=f"Check it.{near}", impossible=True)


def _words(instrument: Instrument) -> list[str]:
    parts = (*instrument.items, *((instrument.overall,) if instrument.overall else ()))
    return [word for part in parts for word in (part.name, part.title) if word]


def _totals(rows: Sequence[Row], instrument: Instrument) -> Iterator[Discrepancy]:
    total = sum_of(instrument, {row["item"]: row["score"] for row in rows})
    for row in rows:
        given = comparable("score", row["score"])
        if total is None or not is_total(instrument, row["item"]) or isinstance(given, str):
            continue
        if abs(given - total) > 1e-9:
            message = f"{row['item']} is {given:g}, its items add up to {total:g}"
            remedy = "Check the items and the total against where they were printed."
            yield Discrepancy(row=row, column="score", message=message, remedy=remedy, impossible=True)


def _overall(rows: Sequence[Row], instrument: Instrument) -> Iterator[Discrepancy]:
    """An overall judgement less severe than the worst item; a more severe one is a judgement, which a note explains."""
    if instrument.rule != "worst" or instrument.overall is None:
        return
    whole, order = instrument.overall, [comparable("score", score) for score in instrument.overall.scores]
    severity: dict[str, int] = {}
    given: Row | None = None
    for row in rows:
        item, score = item_of(instrument, row["item"]), comparable("score", row["score"])
        if item is whole:
            given = row
        elif item is not None and score in order:
            severity[item.name] = order.index(score)
    if given is None or not severity or comparable("score", given["score"]) not in order:
        return
    own, worst = order.index(comparable("score", given["score"])), max(severity.values())
    items = among([name for name, value in severity.items() if value == worst])
    if own < worst:
        message = f"{whole.name} is {given['score']}, although {items} {_is(severity, worst)} {whole.scores[worst]}"
        remedy = "Overall is at least as severe as the worst item."
        yield Discrepancy(row=given, column="score", message=message, remedy=remedy, impossible=False)
    elif own > worst and not given.get("note"):
        message = f"{whole.name} is {given['score']}, more severe than every item (at worst {whole.scores[worst]})"
        yield Discrepancy(row=given, column="note", message=message, remedy="Say why in the note.", impossible=False)


def _is(severity: Mapping[str, int], worst: int) -> str:
    return "is" if sum(value == worst for value in severity.values()) == 1 else "are"


def _missing(rows: Sequence[Row], instrument: Instrument) -> Iterator[Discrepancy]:
    found = {item.name for row in rows if (item := item_of(instrument, row["item"])) is not None}
    lacking = [name for name in _needed(instrument, found) if name not in found]
    if lacking and found:
        count = "item is" if len(lacking) == 1 else "items are"
        message = f"{len(lacking)} {count} missing: {among(lacking)}"
        yield Discrepancy(row=rows[0], column="item", message=message, remedy="Score them.", impossible=False)


def _needed(instrument: Instrument, found: Iterable[str]) -> list[str]:
    """The items that must be there: all but those of an optional part of which nothing is."""
    there = set(found)
    begun = {item.part for item in instrument.items if item.name in there}
    needed = [item.name for item in instrument.items if not item.part or item.part in begun]
    judges = instrument.overall is not None and bool(there)
    return needed + ([instrument.overall.name] if judges and instrument.overall else [])
