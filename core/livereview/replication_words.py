"""A replicated line in words, the same in the terminal, in Markdown and in the report."""

from __future__ import annotations

import math
from collections.abc import Iterable

from livereview.printing import fixed
from livereview.replicated import PooledInput, PrintedNumber, ReplicatedLine, Replication

_INTERVAL = ("estimate", "ci_low", "ci_high")
_NAMES = {
    "i2": "I²", "q_p": "P of Q", "p_value": "P", "egger_p": "Egger P", "begg_p": "Begg P", "k": "k", "n": "n",
}  # fmt: skip
_P_VALUES = ("q_p", "p_value", "egger_p", "begg_p")


def replication_counts(found: Replication, report_id: str) -> str:
    """How many lines of a publication have each verdict: "2 match, 1 matches otherwise, ..."."""
    counts = found.counts(report_id)
    words = {
        "matches": ("matches", "match"),
        "matches-otherwise": ("matches otherwise", "match otherwise"),
        "cannot-be-checked": ("cannot be checked", "cannot be checked"),
        "contradicts": ("contradicts", "contradict"),
    }
    told = [f"{count} {words[verdict][count != 1]}" for verdict, count in counts.items() if count]
    total = sum(counts.values())
    return f"{total} printed {'line' if total == 1 else 'lines'}: {', '.join(told) or 'none'}"


def printed_words(line: ReplicatedLine) -> str:
    """The printed numbers: "0.57 (0.43 to 0.76), k 4"."""
    return _words(line.numbers, {number.name: number.printed for number in line.numbers})


def recomputed_words(line: ReplicatedLine) -> str:
    """The recomputed numbers, estimate and limits with one digit more than was printed; empty where there is none."""
    places = max((_places(number.printed) for number in line.numbers if number.name in _INTERVAL), default=0)
    texts = {
        number.name: _recomputed(number, places)
        for number in line.numbers
        if number.recomputed is not None and not math.isnan(number.recomputed)
    }
    return _words(line.numbers, texts)


def how_words(line: ReplicatedLine) -> str:
    """How it was recomputed, what departs, why not."""
    parts = [line.recipe] if line.recipe else []
    parts += [f"departs: {'; '.join(line.departures)}"] if line.departures else []
    parts += [f"counts of {counted} solved from printed results"] if (counted := _solved(line.inputs)) else []
    parts += line.reasons
    if line.reconstruction is not None:
        parts.append(reconstruction_words(line))
    return ". ".join(_upper(part) for part in parts)


def tried_words(line: ReplicatedLine) -> str:
    """How many combinations were tried and how many of them match."""
    return f"{line.matched:,} of {line.tried:,}" if line.tried else ""


def input_words(item: PooledInput) -> str:
    """One number that was pooled, with its source."""
    remarks = f"; {', '.join(item.remarks)}" if item.remarks else ""
    return f"{item.label} {item.numbers} [{item.origin}{remarks}]".replace("  ", " ")


def reconstruction_words(line: ReplicatedLine) -> str:
    """What a search for counts found."""
    found = line.reconstruction
    if found is None:
        return ""
    searched = f"{found.tried:,} sets of counts tried ({found.space})" + ("" if found.complete else ", not all of them")
    if not found.found:
        return f"Reconstructed: none of {searched} gives the line by {found.recipe}"
    unique = "the only one" if found.unique else f"one of {found.found:,}"
    which = "; ".join(found.solutions)
    return f"Reconstructed, never pooled: {which} by {found.recipe}: {unique} of {searched}"


def _solved(inputs: Iterable[PooledInput]) -> str:
    items = list(inputs)
    number = sum(item.solved for item in items)
    return f"{number} of {len(items)} studies" if number else ""


def _words(numbers: Iterable[PrintedNumber], texts: dict[str, str]) -> str:
    named = {number.name for number in numbers}
    parts = []
    if "estimate" in texts:
        limits = f" ({texts['ci_low']} to {texts['ci_high']})" if {"ci_low", "ci_high"} <= texts.keys() else ""
        parts.append(texts["estimate"] + limits)
    if "events" in texts and "n" in texts:
        parts.append(f"{texts['events']}/{texts['n']}")
    for name, word in _NAMES.items():
        if name in texts and name in named and not (name == "n" and "events" in texts):
            text = texts[name]
            parts.append(f"{word} {text[0]} {text[1:]}" if text[:1] in "<>" else f"{word} {text}")
    return ", ".join(parts)


def _recomputed(number: PrintedNumber, places: int) -> str:
    value = number.recomputed
    assert value is not None
    if number.name in ("k", "n", "events"):
        return fixed(value, 0)
    if number.name in _P_VALUES:
        return "<0.001" if value < 0.001 else fixed(value, 3)
    return fixed(value, places + 1 if number.name in _INTERVAL else _places(number.printed))


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _upper(text: str) -> str:
    """The text as a sentence begins, unless its first word is spelt with capitals or holds digits."""
    return text[:1].upper() + text[1:]
