"""An update that is killed at any moment loses nothing that was recorded, and the next one completes it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import COMMAND, ReviewFolder, environment, hear_interrupts, tree_of

from livereview.evidence.store import Store
from livereview.history import History

FILES = 150
#: A renderer of many files that takes its time: 0.3 s on top of writing them.
SLOW = f"""
import time
from livereview import RenderedFile, Renderer, hookimpl

def render(request, options):
    time.sleep(0.3)
    text = str(request.report.provenance.update).encode()
    return [RenderedFile(path=f"part-{{number}}.txt", content=text * 2000) for number in range({FILES})]

@hookimpl
def livereview_renderers():
    return [Renderer(name="slow", summary="Slow.", render=render)]
"""


def started(root: Path, site: Path) -> subprocess.Popen[bytes]:
    """An update of the adults' review, running."""
    return subprocess.Popen(
        [COMMAND, "update", "adults.toml"],
        cwd=root, env=environment(PYTHONPATH=str(site)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=hear_interrupts,
    )  # fmt: skip


def wait_for(process: subprocess.Popen[bytes], moment: Callable[[], bool]) -> None:
    """Return when the moment has come, or the process has ended."""
    end = time.monotonic() + 60
    while not moment() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.001)


def number_of(root: Path, pattern: str) -> int:
    return sum(1 for _ in root.glob(pattern))


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "when it starts": lambda root: True,
    "when the second batch is being written": lambda root: number_of(root, "evidence/.incoming/*") > 0,
    "when the second batch is there": lambda root: number_of(root, "evidence/batches/*") > 1,
    "while files are being written": lambda root: number_of(root, "reports/adults/.*.part") > 0,
    "when some files are of the new update": lambda root: _written(root) > FILES // 3,
    "when all files are there": lambda root: _written(root) >= FILES,
    "when the record is there": lambda root: number_of(root, "history/adults/0002-*.json") > 0,
}


def _written(root: Path) -> int:
    paths = [root / f"reports/adults/part-{number}.txt" for number in range(FILES)]
    return sum(1 for path in paths if path.exists() and path.read_bytes()[:1] == b"2")


@pytest.mark.parametrize("moment", [*MOMENTS, 0.2, 0.4, 0.6])
def test_a_killed_update_is_completed_by_the_next(
    folder: ReviewFolder, plugin: Callable[[str], Path], moment: str | float
) -> None:
    root, site = folder.root, plugin(SLOW)
    folder.manifest("adults", head='renderers = ["markdown", "slow"]')
    assert folder.run("update", "adults.toml").code == 0
    recorded = {name: state for name, state in tree_of(root).items() if name.startswith(("history", "evidence"))}
    folder.row("results", "brown-2004", arm="drug")["events"] = 11
    folder.write_sheets()

    process = started(root, site)
    if isinstance(moment, float):
        time.sleep(moment)
    else:
        wait_for(process, lambda: MOMENTS[moment](root))
    process.send_signal(signal.SIGKILL)
    process.communicate()

    # What was recorded is there, untouched, and both stores can be read.
    after = tree_of(root)
    assert all(after[name][0] == content for name, (content, _) in recorded.items())
    assert Store(root / "evidence").evidence().rows("studies")
    assert [record.number for record in History(root / "history/adults").records()] in ([1], [1, 2])
    assert folder.run("show", "adults.toml").code == 0

    assert folder.run("update", "adults.toml").code == 0
    first, second = folder.records()
    assert second["previous"] == next((root / "history/adults").glob("0001-*")).stem
    assert (first["previous"], second["update"]) == (None, 2)
    [study] = [study for study in second["outcomes"][0]["studies"] if study["study_id"] == "brown-2004"]
    assert study["data"]["events_1"] == 11
    assert _written(root) == FILES
    assert not list(root.rglob("*.part"))
    assert len(folder.batches()) == 2
    before = folder.tree()
    assert "nothing was written" in folder.run("update", "adults.toml").out
    assert folder.tree() == before


def test_an_interrupted_update_says_what_to_do(folder: ReviewFolder, plugin: Callable[[str], Path]) -> None:
    root, site = folder.root, plugin(SLOW.replace("time.sleep(0.3)", "time.sleep(30)"))
    folder.manifest("adults", head='renderers = ["markdown", "slow"]')
    process = started(root, site)
    wait_for(process, lambda: number_of(root, "evidence/batches/*") > 0)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.decode().strip() == "Interrupted. What was recorded is safe; run the command again to go on."
    assert out == b""
    assert len(folder.batches()) == 1
    assert not folder.records()
    folder.manifest("adults")
    assert folder.run("update", "adults.toml").code == 0
    assert len(folder.batches()) == 1


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.35])
def test_ctrl_c_at_any_moment_is_no_bug_and_does_no_harm(folder: ReviewFolder, delay: float) -> None:
    process = started(folder.root, folder.root)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert "This is a bug" not in err.decode()
    assert folder.run("update", "adults.toml").code == 0
    assert len(folder.records()) == 1


def test_what_a_killed_writer_left_is_cleared(updated: ReviewFolder) -> None:
    parts = [updated.root / place / ".x.json.99999.part" for place in ("history/adults", "reports/adults")]
    for path in parts:
        path.write_text("half")
    assert "nothing was written" in updated.run("update", "adults.toml").out
    updated.manifest("adults", more="# changed")
    assert updated.run("update", "adults.toml").code == 0
    assert not any(path.exists() for path in parts)


def test_a_lost_report_folder_is_made_again(updated: ReviewFolder) -> None:
    before = updated.report()
    shutil.rmtree(updated.root / "reports")
    assert updated.run("update", "adults.toml").code == 0
    assert updated.report() == before
