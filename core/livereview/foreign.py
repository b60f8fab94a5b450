"""What comes from outside, taken as data: text, XML and archives that nobody here wrote.

Nothing is run, followed or written: XML may define no entities, an archive is read in memory and its names are only
names. Text is brought to a form that the store accepts, and nothing that a reader can see is lost.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.parsers import expat

from livereview.evidence.figures import SPREADSHEET_ERRORS
from livereview.types import PluginError

#: The longest text that a cell of the store may hold.
LONGEST = 10_000
_SHORTENED = " [… shortened]"
#: What an archive may hold, unpacked: enough for any review, and little enough for any machine.
_MOST_BYTES = 512 * 1024 * 1024
_MOST_FILES = 10_000
#: How many times larger than packed a file may be: text packs to a tenth, a bomb to a thousandth.
_MOST_TIMES = 200

#: What a file of an archive that is damaged raises while it is unpacked.
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Signs that take no space, and halves of pairs; not the joiners (200C, 200D) that Persian and Indic spelling needs.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]")


def plain_text(text: str, *, prose: bool = False) -> str:
    """Text on one line as the store takes it: NFC, single spaces, no control or invisible characters.

    With ``prose`` lines stay lines (for abstracts and notes). Text of more than 10,000 characters is cut there, and
    ends in ``[… shortened]``. U+FFFD, the mark of a lost character, becomes ``?``, and what a spreadsheet writes for no
    value (``#N/A``) becomes nothing: the store refuses both.
    """
    if prose and ("\n" in text or "\r" in text):
        lines = (plain_text(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        found = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    else:
        found = text
        if found.isascii() and found.isprintable() and "  " not in found and not found.startswith("#"):
            found = found.strip()  # most text by far
        else:
            found = _cleaned(found)
    if found == text:
        found = text  # one string in memory and not two: abstracts are most of what a search brings
    return found if len(found) <= LONGEST else found[: LONGEST - len(_SHORTENED)].rstrip() + _SHORTENED


def _cleaned(text: str) -> str:
    """One line in NFC without anything that cannot be seen; a spreadsheet's error is nothing."""
    found = " ".join(text.split())
    if not found.isprintable():
        found = _UNSEEN.sub("", found)
        found = "".join(sign for sign in found if unicodedata.category(sign) != "Cc")
    if not found.isascii():
        found = unicodedata.normalize("NFC", found).replace("\ufffd", "?")
    found = " ".join(found.split())
    return "" if found in SPREADSHEET_ERRORS else found


def decoded_text(content: bytes) -> tuple[str, str]:
    """The text of a file without its byte order mark, and the encoding that it was read in.

    A byte order mark decides; else it is UTF-8 if all of it is; else Windows-1252, of which the five bytes that have
    no meaning there become control characters, as browsers read them.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace"), name
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "_latin-1"), "cp1252"


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("_latin-1", _as_latin_1)


class RefusedXML(PluginError):
    """XML that defines an entity. It would be refused again, however often it is fetched."""


def xml_root(content: bytes, place: str) -> ElementTree.Element:
    """The root of an XML document in the encoding that it declares.

    PluginError names the line where it is broken; RefusedXML, which is one, refuses a document that defines entities,
    which can expand without end or name other files. A reference to an external DTD is not followed.
    """
    parser = expat.ParserCreate()
    builder = ElementTree.TreeBuilder()

    def refuse(name: str, *rest: object) -> None:
        raise RefusedXML(
            f"{place}, line {parser.CurrentLineNumber}: the XML defines an entity ({plain_text(name)[:40]!r}), which "
            "can expand without end or reach other files. It is not read. Save or fetch it again from where it came."
        )

    def undefined(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            builder.data(f"&{name};")

    parser.EntityDeclHandler = refuse
    parser.SkippedEntityHandler = undefined
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag, attributes)
    parser.EndElementHandler = lambda tag: builder.end(tag)
    parser.CharacterDataHandler = builder.data
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except (LookupError, ValueError) as error:
        raise PluginError(
            f"{place}, line 1: the XML declares an encoding that cannot be read ({error}). Save it as UTF-8."
        ) from None
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code)
        raise PluginError(
            f"{place}, line {error.lineno}: the XML is broken ({what}). Save or fetch it again from where it came."
        ) from None
    return builder.close()


def archive_files(content: bytes, place: str) -> Mapping[str, bytes]:
    """The files of a zip archive in memory, by name. Nothing is written anywhere.

    PluginError where it is broken or encrypted, has a name that leads out of it, or would unpack to more than any
    review needs.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (*_BROKEN, IndexError) as error:
        raise PluginError(f"{place}: the archive cannot be opened ({error}). Download it again.") from None
    if len(members) > _MOST_FILES or sum(member.file_size for member in members) > _MOST_BYTES:
        raise PluginError(f"{place}: the archive would unpack to more than any review needs. It is not read.")
    found: dict[str, bytes] = {}
    for member in members:
        name = plain_text(member.filename)
        where = f"{place}, {name[:80]}"
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise PluginError(f"{where}: the name leads out of the archive. The archive is not read.")
        if member.flag_bits & 0x1:
            raise PluginError(f"{where}: the file is encrypted. Save the archive without a password.")
        if member.file_size > _MOST_TIMES * max(member.compress_size, 1024):
            raise PluginError(f"{where}: the file unpacks to {member.file_size:,} bytes. The archive is not read.")
        try:
            with archive.open(member) as file:
                data = file.read(member.file_size + 1)
        except _BROKEN as error:
            raise PluginError(f"{where}: the file is broken ({error}). Download the archive again.") from None
        if len(data) != member.file_size:
            raise PluginError(f"{where}: the file is not as long as the archive says. Download the archive again.")
        found[name] = data
    return found
