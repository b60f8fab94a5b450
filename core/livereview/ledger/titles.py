"""Titles in the form in which they are compared: letters without marks, words, numbers, and what sort of piece it is.

Two titles are compared by their words, never by their spelling of dashes, capitals, Greek letters or HTML. The rule
to know: a near title with another number, or of another sort (a correction, a reply, a protocol), is another title.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from html import unescape

#: How alike the letters of two titles must be to be looked at by a person: about one letter in ten differs.
NEAR = 0.9
#: Fewer words or letters than these say too little to tell a publication.
FEW_WORDS = 4
FEW_LETTERS = 20
#: The same for Chinese, Japanese and Korean, whose signs begin here and say more each.
FEW_WIDE, _WIDE = 10, "\u2e80"
#: So many words of a title may have a letter wrong, and none as short as this: "men" is no misprint of "man".
_MISPRINTS, _SHORT = 2, 4
#: So many letters, and an export may have cut a title off in the middle of a word.
CUT_OFF = 60

_MARKUP = re.compile(r"</?(?:i|b|u|em|strong|sub|sup|sc|scp|span|p|br|bold|italic|inf)\b[^<>]*>", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
#: What databases put behind titles: "[Erratum appears in ... 2006;15(1):187]", which may be cut off, "[see comment]".
_APPEARS = re.compile(r"\s*[\[(][^\[]*\b(?:appears? in|see comments?)\b.*$", re.IGNORECASE | re.DOTALL)
#: And "[French]", "(Article in German)", "[corrected]", "(Provisional abstract)", "[Review]".
_REMARK = re.compile(
    r"\s*[\[(<](?:(?:article )?in )?(?:french|german|spanish|italian|portuguese|russian|chinese|japanese|polish|dutch|"
    r"turkish|korean|hungarian|czech|danish|swedish|norwegian|corrected|review|abstract|provisional abstract)"
    r"[\])>]\s*\.?\s*$",
    re.IGNORECASE,
)
_RETRACTED = re.compile(r"^\W*(?:retracted(?: article)?|withdrawn)\b\s*[:.\-–—]?\s*", re.IGNORECASE)
_SUBTITLE = re.compile(r"[:?]\s|\.\s|\s[-–—]\s|[–—]")
#: Signs that NFKD leaves as they are, and Greek letters, which databases write out.
_SPELT = str.maketrans(
    {
        "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "'": "", "’": "", "‘": "",
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
        "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi",
        "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi",
        "ω": "omega",
    }
)  # fmt: skip
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_NUMBERED = {"part", "parts", "phase", "stage", "study", "trial", "paper", "type", "grade", "class", "chapter"}
_ORDINALS = {
    "first": "1",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "one": "1",
    "two": "2",
    "three": "3",
}
#: What marks a piece about another one, at the beginning of its title ("Correction: ...", "Reply to ...") ...
_NOTICE = re.compile(
    r"^\W*(?:(?P<correction>errat(?:um|a)\b|corrigend(?:um|a)\b|addendum\b|(?:publisher |author )?corrections?\b"
    r"(?=\s*[:.\]–—-]|\s*$|\s(?:to|for|in|of|notice)\b))"
    r"|(?P<retraction>retraction\b(?=\s*[:.–—-]|\s*$|\s(?:of|notice|note|to)\b))"
    r"|(?P<concern>expression of concern\b)"
    r"|(?P<reply>(?:authors? )?(?:reply|response)\b(?=\s*[:.–—-]|\s*$|\s(?:to|from|by)\b)|in reply\b)"
    r"|(?P<comment>comment(?:s|ary)?\b(?=\s*[:.–—-]|\s*$|\s(?:on|to|regarding)\b)|re:|letter\b(?=:|\s(?:to|by|regarding)\b))"
    r"|(?P<editorial>editorial\b(?=\s*[:.–—-]|\s*$)))"
)
#: ... or at its end, also as Web of Science does it: "(vol 38, pg 2, 1997)", "(vol 16, e0251071, 2021)".
_NOTICE_AT_END = re.compile(
    r"(?:(?P<correction>\berratum|\bcorrigendum|\bcorrection|\(vol\.? ?\d+[^()]*\b\d{4}\))"
    r"|(?P<retraction>\bretraction)|(?P<reply>\breply)|(?P<comment>\bcomment(?:ary)?)|(?P<editorial>\beditorial))\W*$"
)
_LAST = 80
#: Words of which one makes another title of a title.
_TELLING = frozenset(
    ("men", "women", "male", "female", "males", "females", "boys", "girls", "with", "without", "not", "no", "non",
     "pre", "post", "before", "after", "short", "long", "low", "high", "early", "late", "adults", "children", "adult",
     "pediatric", "paediatric", "acute", "chronic", "left", "right", "upper", "lower", "increased", "decreased",
     "increases", "decreases", "protocol", "abstract", "summary")
)  # fmt: skip
#: Words of a series, of which each part is a publication.
_PARTS = frozenset(("part", "parts", "i", "ii", "iii", "iv", "first", "second", "third"))
_SMALL_WORDS = frozenset(("the", "a", "an", "of", "in", "on", "for", "and", "to", "by", "from", "at", "as"))
#: Titles that a journal uses again and again.
_STOCK = {
    "editorial", "editorials", "introduction", "preface", "foreword", "correspondence", "letters", "news", "abstracts",
    "abstract", "poster", "posters", "oral", "presentations", "book", "review", "reviews", "reply", "comment",
    "response", "authors", "author", "the", "to", "of", "in", "from", "and", "editor", "letter", "correction",
    "corrections", "erratum", "errata", "corrigendum", "contents", "table", "index", "obituary", "summary", "unknown",
    "untitled", "no", "title", "available", "issue", "special", "supplement", "proceedings", "meeting", "annual",
    "scientific", "session", "sessions",
}  # fmt: skip


def folded(text: str) -> str:
    """Text without capitals, marks on letters, HTML and apostrophes; Greek letters are written out."""
    if "&" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = _MARKUP.sub("", text)
    text = text.casefold()
    if text.isascii():
        return text.replace("'", "")
    text = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in text if not unicodedata.combining(sign)).translate(_SPELT)


@dataclass(frozen=True, slots=True)
class Title:
    """One title, ready to be compared."""

    words: tuple[str, ...]
    letters: str
    """All words, joined."""
    main: str
    """The letters before a subtitle; all of them where there is none, or where that would say too little."""
    numbers: tuple[str, ...]
    """Numbers in it, Roman ones and those of parts too, sorted."""
    sort: str
    """``correction``, ``reply``, ...; empty for the piece itself."""
    planned: bool
    """Whether it is of a protocol or design."""
    translated: bool
    """Whether it is in brackets, as PubMed prints its own translations."""

    @property
    def says_little(self) -> bool:
        """Whether many publications may have it: too short, or made of words that journals use for sections."""
        if not self.letters.isascii() and sum(sign >= _WIDE for sign in self.letters) > len(self.letters) / 2:
            return len(self.letters) < FEW_WIDE
        return len(self.words) < FEW_WORDS or len(self.letters) < FEW_LETTERS or set(self.words) <= _STOCK


def plain_title(text: str) -> str:
    """A title folded, without what databases add to it and without the word that marks it as retracted."""
    stripped = text.strip()
    if "[" in stripped or "(" in stripped or "<" in stripped:
        stripped = _REMARK.sub("", _APPEARS.sub("", stripped)) or stripped
    plain = folded(stripped)
    if "retracted" in plain or "withdrawn" in plain:
        return _RETRACTED.sub("", plain) or plain
    return plain


def letters_of(plain: str) -> tuple[str, str]:
    """The letters of a plain title, and those before its subtitle: the second is as long as the first where there is
    no subtitle, or where it would say too little."""
    letters = "".join(_WORD.findall(plain))
    cut = _SUBTITLE.search(plain)
    if cut is None:
        return letters, letters
    head = "".join(_WORD.findall(plain[: cut.start()]))
    return letters, head if len(head) >= FEW_LETTERS else letters


def title_of(text: str) -> Title:
    """A title as it is compared."""
    plain = plain_title(text)
    words = tuple(_WORD.findall(plain))
    letters, main = letters_of(plain)
    planned = "protocol" in words or ("rationale" in words and "design" in words)
    return Title(words, letters, main, _numbers(words), _sort(plain), planned, text.lstrip().startswith("["))


def _numbers(words: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for before, word in zip(("", *words), words, strict=False):
        if not word.isalpha() and any(sign.isdigit() for sign in word):
            found.append(word.lstrip("0") or "0")
        elif word in _ROMAN and (len(word) > 1 or before in _NUMBERED):
            found.append(_ROMAN[word])
        elif word in _ORDINALS and before in _NUMBERED:
            found.append(_ORDINALS[word])
    return tuple(sorted(found))


def _sort(plain: str) -> str:
    found = _NOTICE.search(plain) or _NOTICE_AT_END.search(plain[-_LAST:])
    return found.lastgroup or "" if found else ""


class Alike(IntEnum):
    """How far two titles agree."""

    UNLIKE = 0
    NEAR = 1
    """Most of their letters agree; it may be a title about another drug."""
    SHORTENED = 2
    """One is the beginning of the other."""
    MISPRINTED = 3
    """All but small words agree, or all but a letter in one or two words."""
    EQUAL = 4


def alike(a: Title, b: Title) -> Alike:
    """How far two titles agree; what sort of piece they are is another question."""
    if a.letters == b.letters:
        return Alike.EQUAL if a.letters else Alike.UNLIKE
    short, long = sorted((a, b), key=lambda title: len(title.letters))
    if not short.says_little and _begins(short, long):
        return Alike.SHORTENED
    if a.numbers != b.numbers or similarity(a, b) < NEAR:
        return Alike.UNLIKE
    return Alike.MISPRINTED if _misprinted(a, b) else Alike.NEAR


def _begins(short: Title, long: Title) -> bool:
    """Whether a title is the other one without its subtitle, or cut off; not whether it lacks a part's number."""
    at_a_word = short.letters == long.main or short.words == long.words[: len(short.words)]
    cut_off = len(short.letters) >= CUT_OFF and long.letters.startswith(short.letters)
    return (at_a_word or cut_off) and _PARTS.isdisjoint(long.words[len(short.words) :])


def _misprinted(a: Title, b: Title) -> bool:
    words_a, words_b = ([word for word in title.words if word not in _SMALL_WORDS] for title in (a, b))
    if sorted(_TELLING.intersection(words_a)) != sorted(_TELLING.intersection(words_b)):
        return False
    if words_a == words_b or _one_letter_off(a.letters, b.letters):
        return True
    differing = [(x, y) for x, y in zip(words_a, words_b, strict=False) if x != y]
    return (
        len(words_a) == len(words_b)
        and len(differing) <= _MISPRINTS
        and all(min(len(x), len(y)) > _SHORT and _one_letter_off(x, y) for x, y in differing)
    )


def _one_letter_off(a: str, b: str) -> bool:
    from rapidfuzz.distance import OSA

    return OSA.distance(a, b, score_cutoff=1) <= 1


def similarity(a: Title, b: Title) -> float:
    """Similarity of two titles, 0 to 1: 1 less the insertions and deletions over the letters of both (Indel)."""
    from rapidfuzz import fuzz

    return fuzz.ratio(a.letters, b.letters, score_cutoff=50) / 100
