"""Cells: what each kind of column reads, and what it refuses, with the message and the remedy."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview.evidence.cells import nearest, value
from livereview.evidence.figures import Refused
from livereview.evidence.schema import STATUSES, Column

COLUMNS = {
    "text": Column(name="label", about="a label"),
    "prose": Column(name="note", about="a note"),
    "id": Column(name="outcome", kind="id", about="an outcome"),
    "integer": Column(name="n", kind="integer", about="people at risk", minimum=0),
    "number": Column(name="estimate", kind="number", about="an estimate"),
    "positive": Column(name="se", kind="number", about="standard error", minimum=0),
    "year": Column(name="year", kind="integer", about="of publication", minimum=1900, maximum=2100),
    "partial-date": Column(name="published_on", kind="partial-date", about="a date"),
    "p-value": Column(name="p_value", kind="p-value", about="a P value"),
    "level": Column(name="ci_level", kind="level", about="a level"),
    "choice": Column(name="status", kind="choice", about="a status", choices=STATUSES),
    "yes-no": Column(name="withdrawn", kind="yes-no", about="yes or no"),
}

READ = [
    ("text", "  Brown 2021 ", "Brown 2021"),
    ("text", 36703737, "36703737"),
    ("text", 36703737.0, "36703737"),
    ("text", 7.5, "7.5"),
    ("text", "=SUM(A1)", "=SUM(A1)"),
    ("text", "<b>x</b> ../etc", "<b>x</b> ../etc"),
    ("text", "MRD\u00a0negative", "MRD negative"),
    ("text", "Garci\u0301a", "García"),
    ("text", "NA", "NA"),
    ("prose", "one\r\ntwo", "one\ntwo"),
    ("id", " cr ", "cr"),
    ("id", "pmid:1", "pmid:1"),
    ("integer", "12", 12),
    ("integer", 12, 12),
    ("integer", 12.0, 12),
    ("integer", "12.0", 12),
    ("integer", " 0 ", 0),
    ("year", 2100, 2100),
    ("number", "0.56", 0.56),
    ("number", "1e-3", 0.001),
    ("number", "-.5", -0.5),
    ("number", "+7", 7.0),
    ("number", 3, 3.0),
    ("positive", 0, 0.0),
    ("partial-date", "2023", "2023"),
    ("partial-date", "2023-11", "2023-11"),
    ("partial-date", "2024-02-29", "2024-02-29"),
    ("partial-date", 2023, "2023"),
    ("partial-date", 2023.0, "2023"),
    ("partial-date", datetime(2023, 11, 4), "2023-11-04"),
    ("partial-date", date(2023, 11, 4), "2023-11-04"),
    ("p-value", "0.03", "0.03"),
    ("p-value", 0.03, "0.03"),
    ("p-value", "0.030", "0.030"),
    ("p-value", "< 0.001", "<0.001"),
    ("p-value", "≤0.05", "<=0.05"),
    ("p-value", ">0.5", ">0.5"),
    ("p-value", "1e-5", "1e-5"),
    ("p-value", 1, "1"),
    ("level", "0.95", 0.95),
    ("level", "95", 0.95),
    ("level", 97.5, 0.975),
    ("level", 99.9, 0.999),
    ("choice", " verified ", "verified"),
    ("yes-no", "yes", True),
    ("yes-no", "No", False),
    ("yes-no", True, True),
    ("yes-no", "FALSE", False),
]

REFUSED = [
    ("text", "a\x07b", "control character (U+0007)", "type it again"),
    ("text", "a\u200bb", "invisible", "type it again"),
    ("text", "a\u202eb", "invisible", "type it again"),
    ("text", "a\ud800b", "control character", "type it again"),
    ("text", "two\nlines", "line break", "one line"),
    ("text", "two\u2028lines", "line break", "one line"),
    ("text", "Garc\ufffda", "wrong encoding", "UTF-8"),
    ("text", "x" * 10_001, "10,001 characters", "Shorten"),
    ("text", True, "TRUE or FALSE", "as text"),
    ("text", datetime(2026, 3, 4), "turned into a date", "as text"),
    ("text", time(1, 30), "is a time", "as text"),
    ("text", float("nan"), "is not a value", "empty"),
    ("text", 1e17, "15 digits", "text"),
    ("text", "#REF!", "spreadsheet error", "formula"),
    ("prose", "bell\x07", "control character", "type it again"),
    ("id", "complete remission", "holds a space", "complete-remission"),
    ("id", "a\tb", "line break or a tab", "one line"),
    ("integer", "12.5", "not a whole number", "whole number"),
    ("integer", 12.5, "not a whole number", "whole number"),
    ("integer", "1e3", "not a whole number", "plain digits"),
    ("integer", "1,234", "comma between thousands", "Write 1234."),
    ("integer", "12 %", "percentage", "the count itself"),
    ("integer", "1 234", "gap between thousands", "Write 1234."),
    ("integer", "1\u202f234", "gap between thousands", "Write 1234."),
    ("integer", "12*", "mark after the number", "Write 12 and"),
    ("integer", "12†", "mark after the number", "Write 12 and"),
    ("integer", "twelve", "not a number", "in digits"),
    ("integer", "12/35", "two numbers", "the total in n"),
    ("integer", "12 of 35", "two numbers", "the total in n"),
    ("integer", "12 (34%)", "more than one number", "one number per cell"),
    ("integer", "12 patients", "words after", "Write 12;"),
    ("integer", datetime(2026, 3, 4), "turned into a date", "as a number"),
    ("integer", date(2026, 3, 4), "turned into a date", "as a number"),
    ("integer", True, "TRUE or FALSE", "a number"),
    ("integer", "-3", "below 0", "people at risk"),
    ("integer", 2**53 + 1, "too large", "Check"),
    ("integer", "１２", "not a number", "digits"),
    ("integer", "1_000", "not a number", "digits"),
    ("year", "202", "below 1900", "of publication"),
    ("year", 20230, "above 2100", "of publication"),
    ("number", "0,56", "decimal comma", "Write 0.56."),
    ("number", "0,560", "decimal comma", "Write 0.560."),
    ("number", "1,234", "two ways", "Write 1234 or 1.234"),
    ("number", "1,234.5", "comma between thousands", "Write 1234.5."),
    ("number", "56%", "percentage", "Write the proportion: 0.56."),
    ("number", "NA", "not a number", "empty"),
    ("number", "n/a", "not a number", "empty"),
    ("number", "-", "not a number", "empty"),
    ("number", ".", "not a number", "empty"),
    ("number", "NR", "not a number", "empty"),
    ("number", "nan", "not a number", "empty"),
    ("number", "inf", "not a number", "empty"),
    ("number", float("nan"), "not a finite number", "empty"),
    ("number", float("-inf"), "not a finite number", "empty"),
    ("number", "1e400", "not a finite number", "empty"),
    ("number", "1e-400", "too close to zero", "Check"),
    ("number", 10**400, "too large", "Check"),
    ("number", "=A1/B1", "formula", "the value itself"),
    ("number", "#DIV/0!", "spreadsheet error", "formula"),
    ("number", datetime(2026, 3, 4), "turned into a date", "as a number"),
    ("number", time(1, 30), "turned into a time", "as a number"),
    ("number", False, "TRUE or FALSE", "a number"),
    ("number", "2023-11-04", "looks like a date", "a number"),
    ("number", "04/11/2023", "looks like a date", "a number"),
    ("number", "5.6-9.6", "range", "one number per cell"),
    ("number", "5.6 to 9.6", "range", "one number per cell"),
    ("number", "<5", "bound", "say so in note"),
    ("number", "~5", "bound", "say so in note"),
    ("number", "−2.0", "minus sign", "hyphen"),
    ("number", "8.2 months", "words after", "Write 8.2;"),
    ("number", "8.2months", "words after", "Write 8.2;"),
    ("number", "0x10", "not a number", "digits"),
    ("number", "12O", "not a number", "digits"),
    ("number", "0.5 0.7", "not a number", "digits"),
    ("number", b"0.5", "is a bytes", "a number"),
    ("positive", -0.1, "below 0", "standard error"),
    ("partial-date", "04/11/2023", "no usable date", "Day and month can be mixed up"),
    ("partial-date", "4.11.23", "no usable date", "Day and month can be mixed up"),
    ("partial-date", "2023-02-30", "there is no day 30 in 2023-02", "2023-11-04"),
    ("partial-date", "2023-02-29", "there is no day 29", "2023-11-04"),
    ("partial-date", "2023-13", "there is no month 13", "2023-11-04"),
    ("partial-date", "2023-00", "there is no month 0", "2023-11-04"),
    ("partial-date", "0023", "outside 1900-2100", "2023-11-04"),
    ("partial-date", "2023-11-04T10:00:00", "no usable date", "Write 2023-11-04."),
    ("partial-date", 45234, "no usable date", "2023-11-04"),
    ("partial-date", "Nov 2023", "no usable date", "2023-11-04"),
    ("partial-date", True, "no usable date", "2023-11-04"),
    ("p-value", "NS", "not a P value", ">0.05"),
    ("p-value", "NA", "not a P value", "empty"),
    ("p-value", "0,03", "not a P value", "Write 0.03."),
    ("p-value", "P=0.03", "not a P value", "0.03"),
    ("p-value", "5%", "not a P value", "0.03"),
    ("p-value", "0.000", "above 0 and at most 1", "<0.001"),
    ("p-value", 0, "above 0 and at most 1", "<0.001"),
    ("p-value", "1.2", "above 0 and at most 1", "<0.001"),
    ("p-value", "<0", "above 0 and at most 1", "<0.001"),
    ("p-value", ">1", "above 0 and at most 1", "<0.001"),
    ("p-value", datetime(2026, 3, 4), "turned into a date", "as a number"),
    ("level", "0.05", "not a confidence level", "0.95 or 95"),
    ("level", "1", "not a confidence level", "0.95 or 95"),
    ("level", 100, "not a confidence level", "0.95 or 95"),
    ("level", "95%", "percentage", "0.95"),
    ("choice", "Verified", "not one of the values", "Did you mean verified?"),
    ("choice", "reconstruct", "not one of the values", "Did you mean reconstructed?"),
    ("choice", "xyz", "not one of the values", "Allowed: verified, derived"),
    ("yes-no", "maybe", "neither yes nor no", "yes or no"),
    ("yes-no", 1, "neither yes nor no", "yes or no"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "cell", "expected"), READ)
def test_a_cell_with_one_reading_is_read(kind: str, cell: Any, expected: object) -> None:
    found = value(cell, COLUMNS[kind])
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("kind", "cell", "message", "remedy"), REFUSED)
def test_a_cell_without_one_reading_is_refused_with_the_remedy(kind: str, cell: Any, message: str, remedy: str) -> None:
    with pytest.raises(Refused) as refused:
        value(cell, COLUMNS[kind])
    assert message in refused.value.message
    assert remedy in refused.value.remedy


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("cell", [None, "", "  ", "\u00a0", "\n"])
def test_an_empty_cell_is_no_value(kind: str, cell: Any) -> None:
    assert value(cell, COLUMNS[kind]) is None


@pytest.mark.parametrize("kind", COLUMNS)
@given(cell=st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times()))
def test_every_cell_is_read_or_refused_with_a_sentence(kind: str, cell: Any) -> None:
    """Nothing else can happen, whatever a spreadsheet holds: no crash, no silent infinity."""
    found, refusal = None, None
    try:
        found = value(cell, COLUMNS[kind])
    except Refused as refused:
        refusal = refused
    assert found is None or (isinstance(found, (str, int, float)) and found == found)
    assert refusal is None or (refusal.message and refusal.remedy.endswith((".", "?")))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written_out(number: float) -> None:
    assert value(repr(number), COLUMNS["number"]) == number


def test_the_nearest_name_ignores_capitals() -> None:
    assert nearest("Study_ID", ["study_id", "label"]) == "study_id"
    assert nearest("zzz", ["study_id", "label"]) is None
