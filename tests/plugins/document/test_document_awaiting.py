"""What waits for a person: records and proposals are listed as data, beside the results and never among them."""

from __future__ import annotations

from typing import Any

from sections_reading import seen

import builders
from livereview import ProposalCard, Reference, ReferenceCard

HOSTILE = "<b>Bold</b> | [x](javascript:alert) =1+1 @team"


def record(number: int, **cells: Any) -> ReferenceCard:
    reference = Reference(
        **{
            "record_id": f"pmid:{number}", "pmid": str(number), "title": f"Title {number}",
            "authors": ("One A", "Two B"),
            "year": 2026, "journal": "Journal", "doi": f"10.1000/x{number}", "registry_ids": ("NCT02101853",), **cells,
        }
    )  # fmt: skip
    return ReferenceCard(reference=reference, stands="awaiting", stage="awaiting screening", source="PubMed")


def proposal(**cells: Any) -> ProposalCard:
    given: dict[str, Any] = {
        "proposal_id": "0f", "table": "results", "study_id": "a", "study": "Study A", "what": "os, ITT, drug",
        "proposed": "71/116", "accepted": "70/116", "unsettled": ("arm",), "locator": "NCT02101853: /outcomes/0",
    }  # fmt: skip
    return ProposalCard(**{**given, **cells})


def test_a_record_is_listed_with_its_numbers_and_what_it_waits_for() -> None:
    found = seen(builders.report(references=(record(7),)))
    assert found.table("Record", "Waits for") == [
        ["One A et al. Title 7. Journal 2026", "PubMed", "screening", "PMID 7, doi:10.1000/x7, NCT02101853"]
    ]
    assert ("PMID 7", "https://pubmed.ncbi.nlm.nih.gov/7/") in found.links
    assert "awaiting" in found.places


def test_a_proposed_number_stands_beside_the_accepted_one() -> None:
    found = seen(builders.report(proposals=(proposal(),)))
    assert found.table("Proposed", "Accepted now") == [
        ["Study A", "os, ITT, drug", "71/116", "70/116", "arm", "NCT02101853: /outcomes/0"]
    ]
    assert "1 row proposed by sources; nobody has accepted or declined them yet." in found.text


def test_where_nothing_waits_nothing_is_said() -> None:
    assert "Waiting for a person" not in seen(builders.report()).headings


def test_what_strangers_wrote_is_text() -> None:
    found = seen(builders.report(references=(record(7, title=HOSTILE),), proposals=(proposal(what=HOSTILE),)))
    assert HOSTILE in found.table("Record", "Waits for")[0][0]
    assert found.table("Proposed", "Accepted now")[0][1] == HOSTILE
    assert not any("javascript" in target for _, target in found.links)


def test_more_than_a_hundred_are_counted() -> None:
    found = seen(builders.report(references=tuple(record(number) for number in range(1, 131))))
    assert len(found.table("Record", "Waits for")) == 100
    assert "30 more are not listed here." in found.text
