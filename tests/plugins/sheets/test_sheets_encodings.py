"""Encodings: certain, or refused with the byte and the line."""

from __future__ import annotations

import codecs

import pytest
from pydantic import ValidationError
from sheet_folder import SheetFolder, where

from livereview_sheets import SheetOptions

TEXT = "study_id,label\ngarcia-2020,García – Müller ≤ 5 “x”\n"
ROW = (("garcia-2020", "García – Müller ≤ 5 “x”"),)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
)
@pytest.mark.parametrize("encoding", ["auto", "utf-8"])
def test_unicode_is_known_by_its_mark_whatever_the_manifest_says(
    folder: SheetFolder, content: bytes, encoding: str
) -> None:
    table = folder.table(content, encoding=encoding)
    assert table.columns == ("study_id", "label")
    assert table.rows == ROW


def test_excels_unicode_text_is_read(folder: SheetFolder) -> None:
    content = codecs.BOM_UTF16_LE + "study_id\tlabel\r\na\tŁódź\r\n".encode("utf-16-le")
    assert folder.table(content, "results.txt").rows == (("a", "Łódź"),)


@pytest.mark.parametrize(
    "label", ["García", "Müller", "Brière", "João", "Å. Søren", "12 ± 3", "São Tomé 37 °C", "“x”", "Kaplan–Meier",
              "O’Brien", "5 – 7", "½ dose", "§ 3", "ÉTÉ"]
)  # fmt: skip
def test_western_text_of_windows_is_read_where_nothing_speaks_against_it(folder: SheetFolder, label: str) -> None:
    content = f"study_id,label\na,{label}\n".encode("cp1252")
    assert folder.table(content).rows == (("a", label),)


@pytest.mark.parametrize(
    ("label", "encoding"),
    [("Иванов", "cp1251"), ("Παπαδόπουλος", "cp1253"), ("Łukasz", "cp1250"), ("Mąka", "iso8859-2"),
     ("Škoda", "cp1250"), ("García", "mac_roman"), ("Müller", "mac_roman"), ("Müller", "cp852"), ("José", "cp850"),
     ("Köln", "cp850"), ("山田", "shift_jis"), ("山田", "gb18030")],
)  # fmt: skip
def test_other_encodings_are_not_taken_for_western_text(folder: SheetFolder, label: str, encoding: str) -> None:
    content = f"study_id,label\na,b\nc,{label}\n".encode(encoding)
    problem = folder.problem(content)
    assert (problem.place, problem.row) == ("results.csv", 3)
    assert "UTF-8" in problem.message
    assert 'encoding = "cp1252"' in problem.remedy
    assert folder.table(content, encoding=encoding).rows == (("a", "b"), ("c", label))


def test_a_byte_of_neither_encoding_is_named_with_its_place(folder: SheetFolder) -> None:
    problem = folder.problem(b"study_id,label\na,b\nc,x\x81y\n")
    assert where(problem) == ("results.csv", 3, None, "81 hex")
    assert problem.message == "byte 23 of the file is neither UTF-8 nor Windows-1252"


def test_utf8_with_one_bad_byte_is_not_taken_for_western_text(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,label\na,García\nc,M".encode() + b"\xfcller\n")
    assert problem.row == 2
    assert "byte 29 is FC hex" in problem.message


def test_a_named_encoding_that_does_not_fit_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem(b"study_id,label\r\na,b\r\nc,\xfc\r\n", encoding="utf-8")
    assert where(problem) == ("results.csv", 3, None, "FC hex")
    assert problem.message == "byte 24 of the file is not utf-8"


def test_utf16_cut_short_is_a_problem(folder: SheetFolder) -> None:
    content = codecs.BOM_UTF16_LE + "study_id,n\na,24\n".encode("utf-16-le")[:-1]
    assert "not utf-16-le" in folder.problem(content).message


def test_utf16_without_its_mark_is_a_problem(folder: SheetFolder) -> None:
    problem = folder.problem("study_id,n\na,24\n".encode("utf-16-le"))
    assert "NUL" in problem.message
    assert "byte order mark" in problem.remedy


@pytest.mark.parametrize("right", ["Müller", "García", "5 – 7", "“x”", "± 3", "≤ 5", "naïve"])
def test_text_once_opened_with_the_wrong_encoding_is_a_problem(folder: SheetFolder, right: str) -> None:
    wrong = right.encode().decode("cp1252", "replace").replace("\ufffd", "\x9d")
    problem = folder.problem(f"study_id,label\na,b\nc,{wrong}\n")
    assert where(problem) == ("results.csv", 3, "label", wrong)
    problem = folder.problem(f"study_id,label\na,b\nc,{right}\n".encode(), encoding="latin-1")
    assert (problem.row, problem.column) == (3, "label")


@pytest.mark.parametrize("label", ["NÃO", "Âge", "château", "“SANTÉ”", "forêt", "BÂTIMENT"])
def test_accented_words_are_no_sign_of_a_wrong_encoding(folder: SheetFolder, label: str) -> None:
    assert folder.table(f"study_id,label\na,{label}\n").rows == (("a", label),)


@pytest.mark.parametrize("name", ["utf8000", "hex", "", "\0"])
def test_an_encoding_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="no text encoding"):
        SheetOptions(path="x", encoding=name)
