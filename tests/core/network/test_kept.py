"""What is kept: each answer once, each complete run, in files that say when they are no longer what they were."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fake_sources import FakeServer, Request, Response, json_page, plain
from fake_sources.fixtures import TODAY, asked_by
from livereview.errors import StoreError
from livereview.network import Exchange, Recorder, Replay, Servers, kept_options, kept_runs
from livereview.network.kept import FORMAT, Answers, decoded, encoded, keep
from livereview.types import PluginError

PAGES = {"1": b'{"page": 1}', "2": b'{"page": 2}', "3": b'{"page": 3}'}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(folder: Path) -> list[str]:
    """All files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def pages(fake_server: FakeServer) -> FakeServer:
    """A server with three pages."""
    for page, content in PAGES.items():
        fake_server.answer("/studies", json_page(content, X_Total_Count="3"), query={"page": page})
    return fake_server


def ask(recorder: Recorder | Replay, base: str, *asked: str) -> list[bytes]:
    """The content of some pages."""
    session = recorder.session(base, per_second=1)
    return [session.get("/studies", {"page": page}).content for page in asked]


def test_each_answer_is_one_file_named_by_its_content(pages: FakeServer, recorder: Recorder) -> None:
    ask(recorder, pages.base, "1", "2", "1")
    folder = Path(recorder.location)
    assert files(folder) == sorted(f"answers/{sha256(PAGES[page])}.gz" for page in ("1", "2"))
    for page in ("1", "2"):
        kept = (folder / f"answers/{sha256(PAGES[page])}.gz").read_bytes()
        assert gzip.decompress(kept) == PAGES[page]
        assert kept[4:8] == bytes(4), "a date in the file would give the same answer two contents"


def test_a_run_says_all_that_it_was_made_of(pages: FakeServer, recorder: Recorder, servers: Servers) -> None:
    pages.answer("/efetch", plain("a"))
    ask(recorder, pages.base, "1")
    session = recorder.session(pages.base, per_second=1)
    session.post("/efetch", {"id": "1,2"}, kind="text")
    session.note_version("2026-02-28T09:00:05")
    session.note_version("2026-02-28T09:00:05")
    name = recorder.keep_run()
    content = (Path(recorder.location) / f"runs/{name}.json").read_bytes()
    assert name == sha256(content)
    found = json.loads(content)
    dates = [item["headers"].pop("date") for item in found["exchanges"]]
    assert all(date.endswith("GMT") for date in dates)
    assert found == {
        "format": FORMAT,
        "asked": {
            "source": "registry",
            "review": "blina",
            "options": {"query": "blinatumomab"},
            "today": "2026-03-01",
            "snapshot": "0" * 64,
            "recorded_through": "2026-02-01T00:00:00Z",
            "known": "",
        },
        "started_at": "2026-03-01T12:00:00Z",
        "versions": ["2026-02-28T09:00:05"],
        "exchanges": [
            {
                "server": 0,
                "method": "GET",
                "path": "/studies",
                "parameters": {"page": "1"},
                "status": 200,
                "headers": {"content-type": "application/json", "x-total-count": "3"},
                "url": f"{pages.base}/studies?page=1",
                "sha256": sha256(PAGES["1"]),
            },
            {
                "server": 0,
                "method": "POST",
                "path": "/efetch",
                "parameters": {"id": "1,2"},
                "status": 200,
                "headers": {"content-type": "text/plain"},
                "url": f"{pages.base}/efetch",
                "sha256": sha256(b"a"),
            },
        ],
    }
    assert kept_runs(recorder.location) == (recorder.run,)


def test_a_run_kept_twice_is_one_file(pages: FakeServer, recorder: Recorder) -> None:
    ask(recorder, pages.base, "1")
    assert recorder.keep_run() == recorder.keep_run()
    assert len(kept_runs(recorder.location)) == 1


def test_a_store_without_runs_has_none(tmp_path: Path) -> None:
    assert kept_runs(str(tmp_path / "nothing")) == ()


def test_runs_come_in_the_order_in_which_they_were_started(tmp_path: Path, recorder: Recorder) -> None:
    runs = [replace(recorder.run, started_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (5, 1, 9, 3)]
    for run in runs:
        keep(str(tmp_path), encoded(run))
    assert [run.started_at.day for run in kept_runs(str(tmp_path))] == [1, 3, 5, 9]


def test_stores_merge_as_the_union_of_their_files(pages: FakeServer, servers: Servers, tmp_path: Path) -> None:
    for name, asked in (("mine", ("1", "2")), ("theirs", ("2", "3"))):
        recorder = Recorder(str(tmp_path / name), asked_by(name), servers)
        ask(recorder, pages.base, *asked)
        recorder.keep_run()
    shutil.copytree(tmp_path / "theirs", tmp_path / "mine", dirs_exist_ok=True)
    first, second = sorted(kept_runs(str(tmp_path / "mine")), key=lambda run: run.asked.source)
    assert ask(Replay(str(tmp_path / "mine"), first), "http://a", "1", "2") == [PAGES["1"], PAGES["2"]]
    assert ask(Replay(str(tmp_path / "mine"), second), "http://a", "2", "3") == [PAGES["2"], PAGES["3"]]
    assert len(files(tmp_path / "mine" / "answers")) == 3


def test_a_store_in_a_bucket_keeps_them_too(pages: FakeServer, servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "bucket").mkdir()
    recorder = Recorder((tmp_path / "bucket").as_uri(), asked_by(), servers)
    ask(recorder, pages.base, "1")
    recorder.keep_run()
    assert ask(Replay(recorder.location, kept_runs(recorder.location)[0]), "http://a", "1") == [PAGES["1"]]


def test_a_store_that_cannot_be_written_fails_the_source(pages: FakeServer, servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")
    with pytest.raises(PluginError, match=r"evidence/answers.*(cannot be written|cannot be read)|evidence: cannot be"):
        ask(Recorder(str(tmp_path / "evidence"), asked_by(), servers), pages.base, "1")


SCRIPT = """
import sys
from datetime import date
from livereview.network import Asked, Recorder, Servers
asked = Asked(source="registry", review="r", options={}, today=date(2026, 3, 1), snapshot="", recorded_through=None)
with Servers() as servers:
    recorder = Recorder(sys.argv[1], asked, servers)
    session = recorder.session(sys.argv[2], per_second=1000)
    for page in "123":
        session.get("/studies", {"page": page})
    recorder.keep_run()
"""


def test_a_run_that_is_killed_leaves_no_run_and_the_next_one_finishes(pages: FakeServer, tmp_path: Path) -> None:
    process: list[subprocess.Popen[bytes]] = []

    def kill(asked: Request) -> Response:
        os.kill(process[0].pid, signal.SIGKILL)
        process[0].wait()
        return json_page(PAGES["3"])

    pages.answer("/studies", kill, json_page(PAGES["3"]), query={"page": "3"})
    store = tmp_path / "evidence"
    for code in (-signal.SIGKILL, 0):
        process[:] = [subprocess.Popen([sys.executable, "-c", SCRIPT, str(store), pages.base])]
        assert process[0].wait(30) == code
        assert len(kept_runs(str(store))) == (code == 0)
        assert f"answers/{sha256(PAGES['2'])}.gz" in files(store)
    assert ask(Replay(str(store), kept_runs(str(store))[0]), "http://a", *PAGES) == list(PAGES.values())


# --- files that went wrong ----------------------------------------------------------------------------------------


def test_a_damaged_answer_is_put_right_when_it_comes_again(pages: FakeServer, servers: Servers, tmp_path: Path) -> None:
    place = tmp_path / f"answers/{sha256(PAGES['1'])}.gz"
    for damage in (b"", b"version https://git-lfs", gzip.compress(b"another")):
        ask(Recorder(str(tmp_path), asked_by(), servers), pages.base, "1")
        good = place.read_bytes()
        place.write_bytes(damage)
    ask(Recorder(str(tmp_path), asked_by(), servers), pages.base, "1")
    assert place.read_bytes() == good
    assert gzip.decompress(good) == PAGES["1"]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(gzip.compress(b'{"page": 9}')), "was edited, renamed or cut short"),
        (lambda path: path.write_bytes(path.read_bytes()[:-4]), "was edited, renamed or cut short"),
        (lambda path: path.write_bytes(path.read_bytes() + b"x"), "was edited, renamed or cut short"),
        (lambda path: path.write_bytes(b""), "was edited, renamed or cut short"),
        (lambda path: path.unlink(), "this answer is missing"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read|was edited"),
    ],
)
def test_a_replay_takes_no_answer_that_was_changed(
    damage: Callable[[Path], object], said: str, pages: FakeServer, recorder: Recorder
) -> None:
    ask(recorder, pages.base, "1", "2")
    name = f"answers/{sha256(PAGES['2'])}.gz"
    damage(Path(recorder.location) / name)
    replay = Replay(recorder.location, recorder.run)
    assert ask(replay, "http://a", "1") == [PAGES["1"]]
    with pytest.raises(PluginError, match=said) as error:
        ask(replay, "http://a", "2")
    assert str(error.value).startswith(f"{recorder.location}/{name}: ")


def test_every_run_that_is_not_in_order_is_named(recorder: Recorder) -> None:
    runs = Path(recorder.location) / "runs"
    recorder.keep_run()
    [good] = runs.iterdir()
    content = json.loads(good.read_bytes())
    exchange = {"server": 0, "method": "GET", "path": "/", "parameters": {}, "status": 200, "headers": {}, "url": ""}
    bad = {
        "is not a run": [
            b"{}", b"[]", b"null", b"\xff", json.dumps({**content, "format": "1"}).encode(),
            json.dumps({**content, "exchanges": [{**exchange, "sha256": "../../../etc/passwd"}]}).encode(),
        ],
        "was written by a newer livereview": [json.dumps({"format": FORMAT + 1, "new": True}).encode()],
    }  # fmt: skip
    expected = {}
    for said, contents in bad.items():
        for found in contents:
            (runs / f"{sha256(found)}.json").write_bytes(found)
            expected[f"{sha256(found)}.json"] = said
    (runs / f"{'0' * 64}.json").write_bytes(good.read_bytes())
    expected[f"{'0' * 64}.json"] = "was edited, renamed or cut short"
    (runs / "notes.txt").write_text("mine")
    expected["notes.txt"] = "is not named like a run"
    with pytest.raises(StoreError) as error:
        kept_runs(recorder.location)
    told = dict(message.removeprefix(f"{runs}/").split(": ", 1) for message in error.value.messages)
    assert told.keys() == expected.keys()
    assert [name for name, said in expected.items() if not told[name].startswith(said)] == []


def test_a_run_is_read_as_it_was_written(recorder: Recorder) -> None:
    exchange = Exchange(
        server=1, method="GET", path="/é", parameters={"a": "τ²\n"}, status=404, headers={}, url="https://a.org/é",
        sha256="a" * 64,
    )  # fmt: skip
    empty_store = replace(recorder.run.asked, recorded_through=None, today=TODAY, options={"n": 1, "b": [True, 1.5]})
    run = replace(recorder.run, exchanges=(exchange,), asked=empty_store, versions=("1", "2"))
    assert decoded(encoded(run), "here") == run


def test_a_run_is_found_by_the_options_of_a_manifest(servers: Servers, tmp_path: Path) -> None:
    options = {"query": "a", "from": TODAY, "ids": ("x", "y"), "base_url": "http://127.0.0.1"}
    recorder = Recorder(str(tmp_path), replace(asked_by(), options=options), servers)
    recorder.keep_run()
    [run] = kept_runs(str(tmp_path))
    assert run == recorder.run
    assert run.asked.options == kept_options({**options, "base_url": "http://elsewhere"})
    assert run.asked.options != kept_options({**options, "query": "b"})


def test_answers_are_not_limited_by_how_well_they_pack(tmp_path: Path) -> None:
    content = b"0" * 5_000_000
    answers = Answers(str(tmp_path))
    assert answers.content(answers.put(content)) == content
