"""Excel's number formats: where a cell shows something else than the number that it stores."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: Quoted text, an escaped sign, space or fill (no text), brackets (colour, language, condition), the rest one by one.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(.)', re.DOTALL)
_PLACEHOLDER = re.compile(r"[0#?@]|General", re.IGNORECASE)
#: The # and ? show no zero, save as the whole number before a fraction.
_ZERO = re.compile(r"[0@/]|General", re.IGNORECASE)
#: Thousands left out: a comma behind the last digit before the decimal point or the end.
_SCALED = re.compile(r"[0#?],+(?![,0#?])")
#: Signs that leave a number what it is: blanks, signs, brackets, currencies, and those of the format itself.
_HARMLESS = re.compile(r"General|E[+-]|[0#?@.,/ \u00a0()+\-'$€£¥¤]", re.IGNORECASE)
_YEAR, _MONTH, _DAY = re.compile("y|e"), re.compile("m"), re.compile("(?<!d)d{1,2}(?!d)")


@dataclass(frozen=True)
class _Section:
    """One of the up to four parts of a format: its signs and, apart, the text it adds."""

    signs: str
    added: str
    conditional: bool


def difference(value: float, code: str) -> str | None:
    """How the number shown under the format differs from the one stored; None where it does not, rounding apart.

    Percent, numbers shown in thousands, added text ("<", "years"), nothing or only text shown, a minus left out.
    """
    if code == "General":
        return None
    for section in _sections_for(value, code):
        signs = section.signs + section.added
        if not (_PLACEHOLDER if value else _ZERO).search(section.signs):
            return "shown as nothing or as text only"
        if "%" in signs or "‰" in signs:
            return "shown as a percentage"
        if _SCALED.search(section.signs.partition(".")[0]) or section.signs.rstrip(" )").endswith(","):
            return "shown in thousands or millions"
        if extra := _HARMLESS.sub("", section.signs) + _HARMLESS.sub("", section.added):
            return f'shown with "{extra.strip()}", which is not in the number'
    if value < 0 and _loses_minus(code):
        return "shown without its minus"
    return None


def date_difference(code: str) -> str | None:
    """Which part of a stored date the format does not show; None where year, month and day are all seen."""
    signs = "".join(section.signs for section in _sections(code)[:1]).lower()
    signs = signs.replace("am/pm", "")
    parts = {"year": _YEAR, "month": _MONTH, "day": _DAY}
    hidden = [name for name, part in parts.items() if not part.search(signs)]
    return f"shown without its {' and '.join(hidden)}" if hidden else None


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    sections, signs, added, conditional = [], "", "", False
    for quoted, escaped, bracket, sign in _TOKEN.findall(code):
        if sign == ";":
            sections.append(_Section(signs, added, conditional))
            signs, added, conditional = "", "", False
            continue
        signs += sign
        added += quoted + escaped
        conditional |= bracket.startswith(("<", ">", "="))
    return (*sections, _Section(signs, added, conditional))


def _sections_for(value: float, code: str) -> tuple[_Section, ...]:
    """The section that shows the value; with conditions all that could, since they are not evaluated here."""
    sections = _sections(code)
    if any(section.conditional for section in sections):
        return sections
    numeric = sections[:3]
    if value < 0 and len(numeric) > 1:
        return (numeric[1],)
    if value == 0 and len(numeric) > 2:
        return (numeric[2],)
    return (numeric[0],)


def _loses_minus(code: str) -> bool:
    """Whether a format has its own section for negative numbers without minus or brackets."""
    sections = _sections(code)
    if len(sections) < 2 or sections[0].conditional:
        return False
    shown = sections[1].signs + sections[1].added
    return not ("-" in shown or "(" in shown)
