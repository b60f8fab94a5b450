"""Archives as others might make them: leading out, too large, encrypted, broken; nothing is written or followed."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from revman_reading import read

from first_principles import COUNTS
from livereview import PluginError
from revman_packages import ROWS_2, archive, counts_row, sheet

ROWS = sheet(ROWS_2, [counts_row(1, label, trial) for label, trial in COUNTS.items()])


@pytest.mark.parametrize(
    "name", ["../7-data-rows.csv", "/7-data-rows.csv", "a\\..\\..\\7-data-rows.csv", "c:/7-data-rows.csv"]
)
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PluginError, match="leads out of the archive"):
        read(tmp_path / "inner", {"7.zip": archive({name: ROWS})})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["7.zip"]


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="unpacks to"):
        read(tmp_path, {"7.zip": archive({"7-data-rows.csv": b"0" * 50_000_000})})


def test_a_bomb_inside_an_archive_is_refused_too(tmp_path: Path) -> None:
    inner = archive({"7-data-rows.csv": b"0" * 50_000_000})
    with pytest.raises(PluginError, match="unpacks to"):
        read(tmp_path, {"7.zip": archive({"data.zip": inner})})


def test_archives_in_archives_end_somewhere(tmp_path: Path) -> None:
    content = archive({"7-data-rows.csv": ROWS})
    for _ in range(4):
        content = archive({"data.zip": content})
    with pytest.raises(PluginError, match="archives inside archives"):
        read(tmp_path, {"7.zip": content})


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    content = bytearray(archive({"7-data-rows.csv": ROWS}))
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    with pytest.raises(PluginError, match="encrypted"):
        read(tmp_path, {"7.zip": bytes(content)})


def test_half_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="cannot be opened"):
        read(tmp_path, {"7.zip": archive({"7-data-rows.csv": ROWS})[:-40]})


def test_an_archive_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, {"7-data-rows.csv": archive({"7-data-rows.csv": ROWS})})
    assert len(found.results) == 2 * len(COUNTS)


def test_a_file_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    found = read(tmp_path, {"7-data-rows.csv": ROWS}, max_megabytes=0.0001)
    assert found.results == []
    assert "larger than 0.0001 MB" in found.problems[0]


def test_an_empty_archive_holds_nothing_of_revman(tmp_path: Path) -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    found = read(tmp_path, {"7.zip": out.getvalue()})
    assert ["no file of RevMan" in text for text in found.problems] == [True]
