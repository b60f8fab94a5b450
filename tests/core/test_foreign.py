"""Text, XML and archives from outside: taken as data, and nothing that a reader can see is lost."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import PluginError, archive_files, decoded_text, plain_text, xml_root
from livereview.evidence import cells
from livereview.evidence.schema import TABLES
from livereview.foreign import LONGEST

TITLE, ABSTRACT = TABLES["records"].column("title"), TABLES["records"].column("abstract")


# --- text --------------------------------------------------------------------------------------------------------


@given(st.text())
def test_any_text_becomes_one_that_the_store_takes_as_it_is(text: str) -> None:
    line, prose = plain_text(text), plain_text(text, prose=True)
    assert cells.value(line, TITLE) == (line or None)
    assert cells.value(prose, ABSTRACT) == (prose or None)
    assert plain_text(line) == line
    assert plain_text(prose, prose=True) == prose


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40))
def test_letters_and_digits_are_kept(text: str) -> None:
    assert len(plain_text(text)) > 0
    assert plain_text(f" {text}\n") == plain_text(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\u00a0b\u2009c", "a b c"),
        ("two\r\nlines", "two lines"),
        ("soft\u00adhyphen, zero\u200bwidth", "softhyphen, zerowidth"),
        ("\u202eevil\u202c", "evil"),
        ("bell\x07 \x1b[31mred", "bell [31mred"),
        ("e\u0301", "é"),
        ("lost \ufffd sign", "lost ? sign"),
        ("می‌خواهم", "می‌خواهم"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_what_nobody_sees_goes_and_all_else_stays(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_lines_of_prose_stay_lines() -> None:
    assert plain_text("One  \r\ntwo\rthree\n\n\n\nfour ", prose=True) == "One\ntwo\nthree\n\nfour"


def test_a_text_that_is_too_long_says_that_it_was_cut() -> None:
    cut = plain_text("x" * (LONGEST + 1))
    assert len(cut) == LONGEST
    assert cut.endswith(" [… shortened]")
    assert plain_text("x" * LONGEST) == "x" * LONGEST


@pytest.mark.parametrize("name", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_byte_order_mark_or_utf_8_is_recognised(name: str) -> None:
    assert decoded_text("Köhler – 白".encode(name))[0] == "Köhler – 白"


def test_what_is_not_utf_8_is_read_as_windows_1252() -> None:
    assert decoded_text("© Köhler – “x”".encode("cp1252")) == ("© Köhler – “x”", "cp1252")


@given(st.binary())
def test_no_bytes_are_too_odd_to_be_text(content: bytes) -> None:
    text, _ = decoded_text(content)
    assert isinstance(text, str)


# --- XML ---------------------------------------------------------------------------------------------------------

LAUGHS = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
PARAMETER = b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://localhost/x.dtd"> %b;]><a/>'


@pytest.mark.parametrize("document", [LAUGHS, OUTSIDE, PARAMETER])
def test_a_document_that_defines_entities_is_refused_before_anything_of_it_is_read(document: bytes) -> None:
    with pytest.raises(PluginError, match=r"trial\.xml, line 1: the XML defines an entity"):
        xml_root(document, "trial.xml")


def test_a_reference_to_a_dtd_is_not_followed() -> None:
    root = xml_root(b'<!DOCTYPE a PUBLIC "-//NLM//DTD" "http://localhost:1/x.dtd"><a>b<i>c</i>d &lt; e</a>', "x")
    assert "".join(root.itertext()) == "bcd < e"


def test_a_broken_document_is_refused_with_its_line() -> None:
    with pytest.raises(PluginError, match=r"trial\.xml, line 2: the XML is broken \(mismatched tag\)"):
        xml_root(b"<a>\n<b></a>", "trial.xml")


def test_the_declared_encoding_is_obeyed() -> None:
    document = '<?xml version="1.0" encoding="ISO-8859-1"?><a b="é">ü</a>'.encode("latin-1")
    root = xml_root(document, "x")
    assert (root.text, root.get("b")) == ("ü", "é")


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_root_or_a_refusal(content: bytes) -> None:
    try:
        root = xml_root(content, "x")
    except PluginError:
        return
    assert root.tag


# --- archives ----------------------------------------------------------------------------------------------------


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return made.getvalue()


def test_the_files_of_an_archive_are_read_in_memory() -> None:
    files = {"a/b.csv": b"x,y\n", "c.ris": b""}
    assert archive_files(archive(files), "p.zip") == files


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a/../../b", "C:/x", "..\\x", "\\x"])
def test_a_name_that_leads_out_of_the_archive_is_refused(name: str) -> None:
    with pytest.raises(PluginError, match=r"p\.zip, .*leads out of the archive"):
        archive_files(archive({"a.csv": b"", name: b"x"}), "p.zip")


def test_a_bomb_is_refused() -> None:
    with pytest.raises(PluginError, match="unpacks to 60,000,000 bytes"):
        archive_files(archive({"big.csv": b"0" * 60_000_000}), "p.zip")


def test_more_files_than_any_review_has_are_refused() -> None:
    with pytest.raises(PluginError, match="more than any review needs"):
        archive_files(archive({f"{number}.csv": b"" for number in range(10_001)}), "p.zip")


def test_a_size_that_is_not_true_is_no_way_around() -> None:
    """The header says 10 bytes, the data unpack to a million."""
    content = bytearray(archive({"a.csv": b"1" * 1_000_000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 10)
    with pytest.raises(PluginError, match=r"a\.csv: the file is"):
        archive_files(bytes(content), "p.zip")


def test_what_is_no_archive_or_cut_off_is_refused() -> None:
    for content in (b"no zip", b"", archive({"a": b"1" * 1000})[:-30]):
        with pytest.raises(PluginError, match=r"p\.zip: the archive cannot be opened"):
            archive_files(content, "p.zip")


def test_a_damaged_file_in_an_archive_is_named() -> None:
    content = bytearray(archive({"a.csv": b"1234567890" * 100}, zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    with pytest.raises(PluginError, match=r"p\.zip, a\.csv: the file is broken"):
        archive_files(bytes(content), "p.zip")


def test_a_packed_file_that_is_damaged_is_named() -> None:
    content = bytearray(archive({"a.csv": bytes(range(256)) * 40}, zipfile.ZIP_DEFLATED))
    content[35:60] = b"\xff" * 25
    with pytest.raises(PluginError, match=r"p\.zip, a\.csv: the file is broken"):
        archive_files(bytes(content), "p.zip")


def test_a_file_without_a_name_is_no_way_in() -> None:
    content = archive({"a.csv": b"1"}, zipfile.ZIP_STORED)
    nameless = bytearray(content)
    at = nameless.rindex(b"PK\x01\x02")
    struct.pack_into("<H", nameless, at + 28, 0)
    struct.pack_into("<H", nameless, at + 30, 5)
    with pytest.raises(PluginError, match=r"p\.zip"):
        archive_files(bytes(nameless), "p.zip")


@pytest.mark.parametrize("encoding", ["ISO-88591-X", "no such", "utf-7", "utf-16"])
def test_an_encoding_that_nobody_can_read_is_refused(encoding: str) -> None:
    content = f'<?xml version="1.0" encoding="{encoding}"?><a>text</a>'.encode()
    with pytest.raises(PluginError, match=r"a\.xml, line 1"):
        xml_root(content, "a.xml")
