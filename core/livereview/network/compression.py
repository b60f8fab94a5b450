"""Gzip, one way and back within a limit: what is unpacked may come from anybody."""

from __future__ import annotations

import gzip
import zlib


class Damaged(Exception):
    """Bytes that are not a whole gzip file; the message says what is wrong."""


class TooLarge(Exception):
    """A file that unpacks to more than the limit."""


def packed(content: bytes) -> bytes:
    """The bytes as a gzip file without a date: the same content gives the same file."""
    return gzip.compress(content, mtime=0)


def unpacked(content: bytes, most: int) -> bytes:
    """The bytes that a gzip file holds, of one or several members; Damaged or TooLarge otherwise."""
    found = bytearray()
    while content:
        member = zlib.decompressobj(wbits=31)
        try:
            found += member.decompress(content, most - len(found) + 1)
        except zlib.error as error:
            raise Damaged(str(error)) from None
        if len(found) > most:
            raise TooLarge
        if not member.eof:
            raise Damaged("it ends too early")
        content = member.unused_data
    return bytes(found)
