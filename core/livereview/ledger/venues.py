"""Where a publication stands: journals under their many names, volumes, and pages as each database shortens them."""

from __future__ import annotations

import re
from functools import lru_cache

from livereview.ledger.titles import folded

_WORD = re.compile(r"[^\W_]+")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
#: What Embase adds to the journal of a conference abstract.
_CONFERENCE = re.compile(r"[.:]\s*conference\b.*$")
_EMPTY_WORDS = frozenset(
    ("of", "the", "and", "in", "for", "on", "a", "an", "de", "la", "le", "les", "du", "des", "der", "die", "das", "und",
     "et", "e", "di", "del", "della", "el", "los", "y", "do", "da", "o", "van", "voor", "och")
)  # fmt: skip
_COUNTRIES = (("u", "s"), ("united", "states", "america"), ("usa",), ("uk",))
_INITIALS = {"nejm": ("n", "e", "j", "m")}
#: Where the name of a journal ends and what it is of begins: "Chest : official journal of ...".
_OFFICIAL = re.compile(r"\s+[:=/]\s+|:\s|\.\s+(?=(?:the )?(?:official|journal|revue|rivista|zeitschrift|offizielle)\b)")
_DIGITS = re.compile(r"\d+")
#: Pages that a spreadsheet made into a date: 1-4 became 01-Apr.
_DAMAGED = re.compile(r"^\d{1,2}-[a-z]{3}$|^[a-z]{3}-\d{1,2}$|^\d{4}-\d{2}-\d{2}\b")
_PAGE = re.compile(r"([a-z]{0,12})0*(\d+)([a-z]\d*)?")
_END_OF_PAGE = re.compile(r"[;,]|-|[–—‐‑−]|\bto\b")

Journal = tuple[str, ...]


@lru_cache(maxsize=65536)
def journal_of(text: str) -> Journal:
    """The words by which a journal is told: no articles, no place of publication, no name of a conference."""
    plain = _IN_BRACKETS.sub(" ", _CONFERENCE.sub("", folded(text)))
    plain = _OFFICIAL.split(plain.strip(), maxsplit=1)[0] or plain
    words = tuple(word for word in _WORD.findall(plain) if word not in _EMPTY_WORDS)
    for country in _COUNTRIES:
        if len(words) > len(country) + 1 and words[-len(country) :] == country:
            return words[: -len(country)]
    return words


@lru_cache(maxsize=65536)
def same_journal(a: Journal, b: Journal) -> bool:
    """Whether two names are of one journal: equal, an abbreviation word by word, or the initials of the other."""
    if a == b or "".join(a) == "".join(b):
        return True
    short, long = sorted((a, b), key=lambda words: (len("".join(words)), words))
    if len(short) == 1 and len(long) > 1:
        letters = _INITIALS.get(short[0], tuple(short[0]))
        if letters == tuple(word[0] for word in long):
            return True
    return len(short) == len(long) and all(
        _abbreviates(s, w) or _abbreviates(w, s) for s, w in zip(short, long, strict=True)
    )


def _abbreviates(short: str, word: str) -> bool:
    """Whether a word is shortened as in journals: to its beginning (neurol) or its first and later letters (natl)."""
    if word.startswith(short):
        return True
    if short[0] != word[0] or len(short) > 6 or len(short) > len(word) - 2:
        return False
    rest = iter(word)
    return all(sign in rest for sign in short)


def volume_of(text: str) -> str:
    """The first number in a volume such as ``32 Spec No2`` or ``96-98``; the text itself where it has none.

    "" for the rest of a broken one: ``1)`` is the end of ``30(Suppl. 1)``.
    """
    if ")" in text and "(" not in text:
        return ""
    found = _DIGITS.search(text)
    return found[0].lstrip("0") or "0" if found else "".join(_WORD.findall(text.casefold()))


@lru_cache(maxsize=4096)
def first_page_of(text: str) -> str:
    """The first page, alike for ``123-9``, ``123-129`` and ``pp. 123–129``; "" where none is said.

    Letters of a page stay (S12, e1234), zeros before it do not.
    """
    plain = text.casefold().replace("pp.", "").replace("p.", "").strip()
    if _DAMAGED.match(plain):
        return plain
    found = _PAGE.search(_END_OF_PAGE.split(plain, maxsplit=1)[0].replace(" ", ""))
    return found[1] + found[2] + (found[3] or "") if found and "pagination" not in plain else ""


def is_damaged(first: str) -> bool:
    """Whether a first page is a date that a spreadsheet made of it."""
    return _DAMAGED.match(first) is not None


def same_page(a: str, b: str) -> bool:
    """Whether two first pages are one: ``e1234`` is also given as 1234, ``CD001234`` as 1234."""
    if a == b:
        return True
    bare = [page.lstrip("abcdefghijklmnopqrstuvwxyz") for page in (a, b)]
    heads = {page[: len(page) - len(number)] for page, number in zip((a, b), bare, strict=True)}
    return bare[0] == bare[1] and "" in heads and heads <= {"", "e", "cd", "article", "art", "no", "id"}
