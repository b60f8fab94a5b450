"""The mark by which a record that livereview wrote is known when it comes back: ``livereview:`` and its record id.

Rayyan keeps what a record had in its notes, Covidence its accession number, EndNote both.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_MARK = "livereview:"
_FOUND = re.compile(r"livereview:([A-Za-z0-9%:/_.~-]+)")


def marker(record_id: str) -> str:
    """The record id as a word that no program cuts, whatever signs are in it."""
    word = quote(record_id, safe=":/")
    return _MARK + (word[:-1] + "%2E" if word.endswith(".") else word)


def own_record_id(*texts: str) -> str:
    """The record id in the first mark of the texts; "" if there is none."""
    for text in texts:
        if _MARK in text and (found := _FOUND.search(text)):
            return unquote(found[1].rstrip("."))
    return ""


def without_marker(text: str, record_id: str) -> str:
    """The text without the mark of this record, and without the separators that stood around it."""
    mark = marker(record_id) if record_id else ""
    if not mark or mark not in text:
        return text.strip()
    return re.sub(r"^[\s|;,]+|[\s|;,]+$", "", text.replace(mark, ""))
