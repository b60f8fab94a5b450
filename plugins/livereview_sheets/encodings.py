"""From the bytes of a text file to its text: by byte order mark, by the name given, or by what the bytes allow."""

from __future__ import annotations

import codecs
import re

from livereview import Problem

#: UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile("\r\n|\r|\n")
_SAVE_AS_UTF8 = 'Save the file as UTF-8 (in Excel: CSV UTF-8), or name its encoding, e.g. encoding = "cp1252".'

_LETTER = "A-Za-zÀ-ÖØ-öø-ÿ"
_CAPITAL = "A-ZÀ-ÖØ-Þ"
_SIGN = "[^\x00-\x7f°À-ÖØ-öø-ÿ]"
#: Readings as Windows-1252 that another code page explains as well or better: letters of 80-9F (Mac Roman and DOS have
#: é, ö, ü there; Central Europe shares š, ž); a run of three or more accented letters (Cyrillic, Greek); a capital
#: inside a word; a sign that touches a letter, save quotation marks on their proper side and the dash or apostrophe
#: before a capital (Kaplan–Meier, O’Brien: an accented letter there would stand before a capital inside a word). The
#: degree sign is one byte in all code pages of Windows.
_DOUBTFUL = re.compile(
    "[ŠŒŽšœžŸƒˆ˜]"
    "|[À-ÖØ-öø-ÿ]{3}"
    "|(?<=[a-zß-öø-ÿ])[À-ÖØ-Þ]"
    f"|(?<=[{_LETTER}])(?![’–—][{_CAPITAL}])(?![’”»](?![{_LETTER}])){_SIGN}"
    f"|(?![’–—][{_CAPITAL}])(?![“‘«]){_SIGN}(?=[{_LETTER}])"
)


def decoded(content: bytes, encoding: str, place: str) -> str | Problem:
    """The text of the file, without its byte order mark; a Problem names the first byte that is no text.

    ``encoding`` is ``auto`` or a name that Python knows; a byte order mark overrides it. ``auto`` takes UTF-8, and
    Windows-1252 only where every byte above 7F reads as a western letter inside a word or a sign standing apart.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], name, place)
    if encoding != "auto":
        return _strict(content, encoding, place)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _western(content, error, place)


def is_western(content: bytes) -> bool:
    """Whether ``auto`` has to take these bytes as Windows-1252: no byte order mark, and not UTF-8."""
    if any(content.startswith(mark) for mark, _ in _MARKS):
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _western(content: bytes, error: UnicodeDecodeError, place: str) -> str | Problem:
    """The text as Windows-1252 where nothing speaks against it."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as undefined:
        return _undecodable(content, undefined, "ascii", place, "neither UTF-8 nor Windows-1252")
    doubtful = _DOUBTFUL.search(text)
    if doubtful is None:
        return text
    return Problem(
        place=place,
        row=_line(text[: doubtful.start()]),
        found=text[max(0, doubtful.start() - 12) : doubtful.end() + 12],
        message=f"the file is not UTF-8 (byte {error.start + 1} is {content[error.start]:02X} hex), and its other "
        "encoding cannot be told for certain",
        remedy=_SAVE_AS_UTF8,
    )


def _strict(content: bytes, encoding: str, place: str) -> str | Problem:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        return _undecodable(content, error, encoding, place, f"not {encoding}")
    except UnicodeError:  # codecs such as idna name no byte
        return Problem(place=place, message=f"the file is not {encoding}", remedy=_SAVE_AS_UTF8)


def _undecodable(content: bytes, error: UnicodeDecodeError, encoding: str, place: str, what: str) -> Problem:
    return Problem(
        place=place,
        row=_line(content[: error.start].decode(encoding, "replace")),
        found=f"{content[error.start]:02X} hex",
        message=f"byte {error.start + 1} of the file is {what}",
        remedy=_SAVE_AS_UTF8,
    )


def _line(before: str) -> int:
    """Number of the line that follows this text."""
    return 1 + len(_LINE_END.findall(before))
