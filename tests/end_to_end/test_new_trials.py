"""New trials appear: the review of relapsed or refractory disease on pages of ClinicalTrials.gov and PubMed.

It lists candidates and proposes rows; nothing is pooled that a person has not accepted; and what was asked can be
asked again without a network.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from registry_and_pubmed import Pubmed, Registry, article, deaths, trial

from fake_sources import FakeServer, json_page
from livereview.cli import main
from livereview.evidence.store import Store
from real_manifests import with_renderers

REVIEWS = Path(__file__).parents[2] / "reviews"
TOWER, TOWER_REPORT = "NCT02013167", "28249141"
CANDIDATES = ("NCT09000001", "NCT09000002", "NCT09000003")


def short(manifest: str, base: str) -> str:
    """The manifest with its first outcome alone, Markdown alone, and its sources at another address."""
    head = manifest.split("[[outcomes]]")[0] + "[[outcomes]]" + manifest.split("[[outcomes]]")[1].split("analyses =")[0]
    head = head.replace(
        'plugin = "clinicaltrials-gov"', f'plugin = "clinicaltrials-gov"\nper_second = 10\nbase_url = "{base}/api/v2"'
    )
    head = head.replace('plugin = "pubmed"', f'plugin = "pubmed"\nper_second = 10\nbase_url = "{base}/eutils"')
    death = '\n[[outcomes]]\nid = "deaths"\ntitle = "Deaths"\nresult = "death"\nmeasure = "RR"\n'
    return with_renderers(f"{head}{death}", '"markdown"')


class Review:
    """The review in a folder of its own."""

    def __init__(self, folder: Path, server: FakeServer, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.path, self._server, self._capsys = folder, folder / "blina_rr.toml", server, capsys
        self.registry, self.pubmed = Registry(), Pubmed()
        for name in ("extractions", "published", "evidence"):
            shutil.copytree(REVIEWS / name, folder / name)
        text = (REVIEWS / "blina_rr.toml").read_text(encoding="utf-8")
        self.path.write_text(short(text, server.base), encoding="utf-8")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = main([arguments[0], str(self.path), *arguments[1:]])
        done = self._capsys.readouterr()
        return code, done.out, done.err

    def serve(self) -> None:
        self.registry.serve(self._server)
        self.registry.follow(self._server, *self.numbers())
        self.pubmed.serve(self._server)

    def numbers(self) -> set[str]:
        """Every number of the registry in the sheets."""
        texts = ((self.folder / "extractions" / f"{name}.csv").read_text("utf-8") for name in ("studies", "ongoing"))
        return {number for text in texts for number in re.findall(r"NCT\d{8}", text)}

    def outcomes(self) -> Any:
        return json.loads(self.run("show", "--json")[1])["outcomes"]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return Store(self.folder / "evidence").evidence().rows(table)

    def report(self) -> str:
        return (self.folder / "reports" / "blina_rr" / "report.md").read_text(encoding="utf-8")


@pytest.fixture
def review(tmp_path: Path, fake_server: FakeServer, capsys: pytest.CaptureFixture[str]) -> Review:
    found = Review(tmp_path, fake_server, capsys)
    found.registry.found = [trial(number, f"Blinatumomab trial {number}") for number in CANDIDATES]
    found.registry.posted[TOWER] = trial(
        TOWER, "TOWER", "COMPLETED", **deaths(("Blinatumomab", 164, 271), ("Standard of Care Chemotherapy", 87, 134))
    )
    found.pubmed.found = ["91000001", "91000002"]
    found.pubmed.records = {
        "91000001": article("91000001", "Blinatumomab in relapse: a <i>new</i> trial"),
        "91000002": article("91000002", "=HYPERLINK(&quot;x&quot;) and [bold]markup[/bold]"),
        TOWER_REPORT: article(TOWER_REPORT, "TOWER", retracted_by="91000009"),
    }
    return found


def test_an_update_lists_what_is_new_and_pools_nothing_that_nobody_accepted(review: Review) -> None:
    code, out, _ = review.run("update")
    assert code == 0
    assert "Not asked: clinicaltrials-gov, pubmed. To ask: livereview update --online." in out
    before = review.outcomes()

    review.serve()
    code, out, err = review.run("update", "--online")
    assert code == 0, err
    assert review.outcomes() == before
    found = {row["record_id"] for row in review.rows("records")}
    assert found == {*(f"nct:{number}" for number in CANDIDATES), "pmid:91000001", "pmid:91000002"}
    assert "5 new records" in err
    assert "PubMed PMID 28249141 says that pmid:28249141" in err
    proposed = {(row["for_table"], row["study_id"]) for row in review.rows("proposals")}
    assert {("results", "kantarjian-2017-tower"), ("reports", "kantarjian-2017-tower")} <= proposed
    assert not [row for row in review.rows("results") if row["report_id"] == f"nct:{TOWER}"]
    page = review.report()
    assert "Blinatumomab in relapse: a new trial" in page
    assert "164/271" in page
    assert "**Warning:** PubMed PMID 28249141 says that pmid:28249141" in page
    assert '## <a id="awaiting"></a>Waiting for a person' in page

    snapshot = Store(review.folder / "evidence").snapshot
    assert "Nothing changed" in review.run("update", "--online")[1]
    assert "Nothing changed" in review.run("update", "--offline")[1]
    assert "Nothing changed" in review.run("update")[1]
    assert Store(review.folder / "evidence").snapshot == snapshot


def test_no_command_but_an_online_update_touches_the_network(review: Review, fake_server: FakeServer) -> None:
    for command in (["update"], ["check"], ["show"], ["status", "--sources"], ["screen"], ["update", "--offline"]):
        assert review.run(*command)[0] == 0, command
    assert fake_server.requests == []


def test_a_registry_that_is_down_is_told_and_pubmed_goes_on_and_the_next_run_finishes(
    review: Review, fake_server: FakeServer
) -> None:
    review.serve()
    fake_server.answer("/api/v2/version", json_page({"no": "version"}, status=403))
    code, _, err = review.run("update", "--online")
    assert code == 1
    assert "source clinicaltrials-gov" in err
    assert {row["record_id"] for row in review.rows("records")} == {"pmid:91000001", "pmid:91000002"}
    fake_server.answer("/api/v2/version", json_page({"apiVersion": "2.0.5", "dataTimestamp": "2026-11-27T09:00:05"}))
    assert review.run("update", "--online")[0] == 0
    assert len(review.rows("records")) == 5


def test_an_accepted_number_is_pooled_and_a_declined_one_does_not_come_back(review: Review) -> None:
    review.serve()
    review.run("update", "--online")
    before = {outcome["id"]: outcome for outcome in review.outcomes()}
    sheet = review.folder / "proposals.csv"
    assert review.run("review-proposals", "--to", str(sheet))[0] == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        keep = row["table"] in ("results", "reports") and "retracted" not in row.values()
        row["decision"] = "accept" if keep else "decline"
        row["reason"] = "" if keep else "not a retraction of this paper"
        if row["table"] == "results":
            row["outcome"], row["population"] = ("death" if "deaths" in row["locator"] else "ae-serious"), "safety"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    code, _, err = review.run("review-proposals", "--from", str(sheet), "--person", "Ana")
    assert code == 0, err
    accepted = [row for row in review.rows("results") if row["report_id"] == f"nct:{TOWER}"]
    assert {(row["outcome"], row["events"], row["n"]) for row in accepted} >= {("death", 164, 271), ("death", 87, 134)}
    assert {row["person"] for row in review.rows("acceptances")} == {"Ana"}

    code, _, err = review.run("update", "--online")
    assert code == 0
    assert "of the store no longer" not in err, "what was accepted is still posted"
    after = {outcome["id"]: outcome for outcome in review.outcomes()}
    assert after["os-hr"]["pooled"] == before["os-hr"]["pooled"]
    assert "Proposed rows" not in review.report()
