"""The same report gives the same bytes in another process, with another locale, time zone, hash seed, matplotlibrc."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).parents[2]
PROGRAM = """
import hashlib, json, locale, sys
sys.path.insert(0, sys.argv[1])
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass  # a locale that this machine lacks is a setting all the same
import builders
from livereview import RenderRequest
from livereview_figures import livereview_renderers
labels = ("王小明", "محمد 2020", "Åström", "שלום", "नमस्ते", "Brown")
studies = [builders.study(i, label=label, change="new") for i, label in enumerate(labels)]
outcomes = [builders.outcome(studies=studies, divisions=1), builders.outcome(3, id="b")]
request = RenderRequest(report=builders.report(outcomes))
files = {}
for renderer in livereview_renderers():
    options = renderer.options.model_validate({"dpi": 72} if renderer.name == "png" else {})
    for file in renderer.render(request, options):
        files[renderer.name + ":" + file.path] = hashlib.sha256(file.content).hexdigest()
print(json.dumps(files))
"""


def digests(folder: Path, **settings: str) -> dict[str, str]:
    """The hash of every file of a report, rendered in a process of its own."""

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(TESTS)], env=os.environ | settings, cwd=folder, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, str] = json.loads(run.stdout)
    return found


def test_another_process_with_other_settings_draws_the_same_bytes(tmp_path: Path) -> None:
    rc = tmp_path / "matplotlibrc"
    rc.write_text(
        "font.size: 30\ntext.color: red\ntext.hinting: force_autohint\npath.simplify: False\npath.snap: False\n"
        "lines.antialiased: False\npatch.antialiased: False\ntext.parse_math: False\nagg.path.chunksize: 7\n"
        "figure.dpi: 300\nlines.dash_joinstyle: bevel\npath.effects: []\n"
    )
    settings = (
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "MATPLOTLIBRC": str(rc)},
    )
    with ThreadPoolExecutor() as threads:
        plain, other = threads.map(lambda chosen: digests(tmp_path, **chosen), settings)
    assert other == plain
    assert {path.rpartition(".")[2] for path in plain} == {"png", "svg", "csv"}
