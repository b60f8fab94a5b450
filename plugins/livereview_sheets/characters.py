"""What may stand in a cell of text: characters that a person can see, and that arrived undamaged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from livereview import Cell

#: Control characters other than tab and line ends; signs that take no space (soft hyphens, zero-width spaces, text
#: direction, byte order marks) but not the joiners (200C, 200D) that Persian and Indic spelling needs; the
#: replacement character; halves of surrogate pairs.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ufffd\ud800-\udfff\U000e0000-\U000e007f]"
)

#: UTF-8 read as Windows-1252 or Latin-1: the bytes C2, C3 and one more, or E2 and two more.
_AGAIN = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_GARBLED = re.compile(f"[ÂÃ][{_AGAIN}]|â[{_AGAIN}]{{2}}")

#: What spreadsheets show instead of a value: #N/A, #REF!, #BEZUG!, Err:502, and #### where a column is too narrow.
_ERROR = re.compile(r"#N/A|#NV|#[A-ZÀ-Ý/_]+[0-9]*[!?]|#GETTING_DATA|Err:[0-9]{3}|#{2,}")


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A cell whose value cannot be handed on: what was found, what is wrong with it, what would be right."""

    found: str
    message: str
    remedy: str


Entry = Cell | Refused


def text_entry(text: str) -> Entry:
    """The text itself, None for a cell without any, or why it cannot be trusted."""
    if not text:
        return None
    if _ERROR.fullmatch(text.strip()):
        return Refused(
            found=text,
            message="a spreadsheet's error instead of a value",
            remedy="Write the value itself, or leave the cell empty.",
        )
    if unseen := _UNSEEN.search(text):
        if unseen[0] == "\ufffd":
            message = "a character was lost (U+FFFD) when the text was converted"
        else:
            message = f"holds a character that nobody can see (U+{ord(unseen[0]):04X})"
        return Refused(found=text, message=message, remedy="Clear the cell and type it again, without pasting.")
    if garbled := _GARBLED.search(text):
        return Refused(
            found=text,
            message=f'"{garbled[0]}" is a sign that UTF-8 text was once opened with another encoding',
            remedy="Correct the text and save the file as UTF-8 (in Excel: CSV UTF-8).",
        )
    return text


def shortened(text: str, limit: int = 80) -> str:
    """The text, or its beginning with an ellipsis where it is longer than ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
