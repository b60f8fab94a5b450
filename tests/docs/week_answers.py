"""Makes what servers answered in examples/week anew: ``python tests/docs/week_answers.py``. Everything is made up.

Run it when a source asks otherwise than it did: docs/week.md is followed without a network, from these answers.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "end_to_end")]

from registry_and_pubmed import Pubmed, Registry, article, deaths, trial  # noqa: E402

from fake_sources import FakeClock, FakeServer  # noqa: E402
from livereview.cli import main  # noqa: E402

WEEK = ROOT / "examples" / "week"
POSTED = ("Drug", 9, 120), ("Placebo", 17, 118)


def answers() -> None:
    """Ask a made-up registry and PubMed once, and keep what they answer."""
    registry, pubmed = Registry(), Pubmed()
    registry.found = [
        trial("NCT09100002", "Drug in early disease", "COMPLETED"),
        trial("NCT09100003", "Drug in children"),
    ]
    registry.posted["NCT09100002"] = trial("NCT09100002", "Drug in early disease", "COMPLETED", **deaths(*POSTED))
    pubmed.found = ["90000003", "90000004"]
    pubmed.records = {
        "90000003": article("90000003", "The drug for the disease in the elderly: a randomised trial"),
        "90000004": article("90000004", "What the drug costs"),
    }
    os.environ["NO_PROXY"] = "*"
    with tempfile.TemporaryDirectory() as folder, FakeServer(FakeClock()) as server:
        copy = Path(folder) / "week"
        shutil.copytree(WEEK, copy, ignore=shutil.ignore_patterns("evidence", "history", "reports"))
        text = (copy / "week.toml").read_text(encoding="utf-8")
        for plugin, path in {"clinicaltrials-gov": "api/v2", "pubmed": "eutils"}.items():
            text = text.replace(f'"{plugin}"', f'"{plugin}"\nbase_url = "{server.base}/{path}"')
        (copy / "week.toml").write_text(text, encoding="utf-8")
        registry.serve(server)
        registry.follow(server, "NCT09100001", "NCT09100002")
        pubmed.serve(server)
        main(["update", "--quiet", str(copy / "week.toml")])
        if main(["update", "--online", str(copy / "week.toml")]):
            raise SystemExit("a source failed: see above")
        for name in ("answers", "runs"):
            shutil.rmtree(WEEK / "evidence" / name, ignore_errors=True)
            shutil.copytree(copy / "evidence" / name, WEEK / "evidence" / name)


if __name__ == "__main__":
    answers()
