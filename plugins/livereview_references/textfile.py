"""A text file as lines: read as a stream, in the encoding that its bytes show, whatever its line ends.

Lines end at CR LF, LF or CR and nowhere else, so that a line number is the one an editor shows.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path
from typing import BinaryIO

from livereview import Problem, decoded_text

#: How an encoding is called that was not named and is not UTF-8.
WESTERN = "Windows-1252"
_BLOCK = 1 << 20
_HEAD = 1 << 16
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file, or a member of an archive, with the encoding and the hash of its bytes."""

    name: str
    """As people see it."""
    origin: Path | bytes
    encoding: str
    sha256: str

    def bytes_stream(self) -> BinaryIO:
        """Its bytes from the beginning."""
        return io.BytesIO(self.origin) if isinstance(self.origin, bytes) else self.origin.open("rb")

    def content(self) -> bytes:
        """All of its bytes."""
        with self.bytes_stream() as stream:
            return stream.read()

    def lines(self) -> Iterator[str]:
        """Its lines without their ends."""
        with self.bytes_stream() as stream, self._text_stream(stream) as text:
            yield from map(methodcaller("rstrip", "\n"), text)

    def text(self) -> str:
        """All of its text; line ends are LF."""
        with self.bytes_stream() as stream, self._text_stream(stream) as text:
            return text.read()

    def head(self) -> str:
        """The beginning of its text, enough to see what it is."""
        with self.bytes_stream() as stream, self._text_stream(stream) as text:
            return text.read(_HEAD)

    def _text_stream(self, stream: BinaryIO) -> io.TextIOBase:
        if self.encoding == WESTERN:
            return io.StringIO(decoded_text(stream.read())[0], newline=None)
        return io.TextIOWrapper(stream, encoding=self.encoding, errors="replace", newline=None)


def text_file(name: str, origin: Path | bytes, encoding: str) -> TextFile | Problem:
    """The file with its encoding; a Problem where the encoding that the manifest names cannot be that of the file."""
    digest = hashlib.sha256()
    given = encoding if encoding != "auto" else "utf-8"
    fits, first = True, b""
    with io.BytesIO(origin) if isinstance(origin, bytes) else origin.open("rb") as stream:
        decoder = codecs.getincrementaldecoder(given)("strict")
        while block := stream.read(_BLOCK):
            first = first or block[:4]
            digest.update(block)
            fits = fits and _decodes(decoder, block)
        fits = fits and _decodes(decoder, b"", final=True)
    marked = next((coding for mark, coding in _MARKS if first.startswith(mark)), None)
    if marked is None and not fits and encoding != "auto":
        remedy = 'Name the encoding in which it was saved, or write encoding = "auto".'
        return Problem(place=name, found=encoding, message="the file is not in this encoding", remedy=remedy)
    coding = marked or (given if fits else WESTERN)
    return TextFile(name=name, origin=origin, encoding=coding, sha256=digest.hexdigest())


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeError:
        return False
    return True
