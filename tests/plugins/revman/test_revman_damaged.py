"""Damaged files: whatever is broken is refused or named; every row that is brought is one that the store takes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from revman_reading import read, read_wide

from first_principles import COUNTS, LOGS, mantel_haenszel
from livereview import PluginError
from revman_files import NO_MORE, dichotomous, outcome, printed, revman5, study_id
from revman_packages import OVERALL_3, ROWS_1, archive, counts_row, data_row, settings, sheet

POOLED = mantel_haenszel(list(COUNTS.values()))
RM5 = revman5(
    outcome(
        "DICH", 1, "Death", "".join(dichotomous(study_id(label), *trial) for label, trial in COUNTS.items()),
        EFFECT_MEASURE="RR", **printed(POOLED),
    ),
    more=NO_MORE,
)  # fmt: skip
ROWS = sheet(
    ROWS_1,
    [counts_row(1, label, trial, zeros=True) for label, trial in COUNTS.items()]
    + [data_row(2, label, GIV_Mean=log, GIV_SE=se) for label, (log, se) in LOGS.items()],
)
OVERALL = sheet(OVERALL_3, [settings(1, POOLED, columns=OVERALL_3)])
TABLE = b"study,year,ai,n1i,ci,n2i\nAdler,1999,12,100,20,98\nBrandt,2003,8,60,15,62\n"
WORDS = (
    b"", b"NaN", b"inf", b"-1", b"1e400", b"1e-320", b'"', b"\n", b"\x00", b"\xff", b"9" * 20, b"<", b",", b"#N/A",
    b"NA", b"\xe2\x80\xa8", b"0", b"#REF!", b"1.5",
)  # fmt: skip


def anywhere(content: bytes, chance: random.Random) -> bytes:
    """The file with some bytes gone or replaced."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(found))
        found[at : at + chance.choice((0, 1, 2, 5, 50))] = chance.choice(WORDS)
    return bytes(found[: chance.randrange(1, len(found))]) if chance.random() < 0.1 else bytes(found)


def values(content: bytes, chance: random.Random) -> bytes:
    """The XML with some attributes replaced, which leaves it XML."""
    found = bytearray(content)
    spans = [match.span(1) for match in re.finditer(rb'="([^"<>]*)"', content)][2:]
    for start, end in sorted(chance.sample(spans, chance.randint(1, 6)), reverse=True):
        found[start:end] = chance.choice([word for word in WORDS if word.isascii() and not set(word) & set(b'<"\0\n')])
    return bytes(found)


@pytest.mark.parametrize(
    ("files", "damaged", "damage"),
    [
        ({"a.rm5": RM5}, "a.rm5", anywhere),
        ({"a.rm5": RM5}, "a.rm5", values),
        ({"7-data-rows.csv": ROWS, "7-overall-estimates-and-settings.csv": OVERALL}, "7-data-rows.csv", anywhere),
        (
            {"7-data-rows.csv": ROWS, "7-overall-estimates-and-settings.csv": OVERALL},
            "7-overall-estimates-and-settings.csv",
            anywhere,
        ),
        ({"7.zip": archive({"7-data-rows.csv": ROWS})}, "7.zip", anywhere),
    ],
    ids=("xml", "attributes", "rows", "settings", "archive"),
)
def test_damage_is_refused_or_named_and_never_breaks_the_batch(
    tmp_path: Path, files: dict[str, bytes], damaged: str, damage: Callable[[bytes, random.Random], bytes]
) -> None:
    chance = random.Random(20261129)
    for number in range(120):
        broken = files | {damaged: damage(files[damaged], chance)}
        try:
            read(tmp_path / str(number), broken, ".", measures={"*": "HR"})
        except PluginError as error:
            assert damaged in str(error)  # noqa: PT017


def test_damaged_tables_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    chance = random.Random(20261129)
    for number in range(120):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "table.csv").write_bytes(anywhere(TABLE, chance))
        try:
            read_wide(folder, (folder / "table.csv").read_bytes())
        except PluginError as error:
            assert "table.csv" in str(error)  # noqa: PT017
