"""What changed at a glance: the verdicts, each estimate before and now, the studies that came or went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_reviews import request, review, verdict
from page_reading import Node, reading

import builders
from livereview import Changes, Report
from livereview.printing import interval
from livereview_html.changed import changed_places, overview
from livereview_html.review import review_page


def seen(report: Report) -> Node:
    made = overview(report)
    assert made is not None
    return reading(made.markup)


def entries(report: Report) -> list[Node]:
    return seen(report).one("ul", **{"class": "changes"}).children


def test_the_most_consequential_comes_first_and_what_has_nothing_new_is_only_counted() -> None:
    badges = [next(entry.all("span")).text for entry in entries(review())]
    assert badges == ["consequential", "definition changed"]
    tally = [item.text for item in seen(review()).one("ul", **{"class": "tally"}).children]
    assert tally == ["consequential: 1", "definition changed: 1", "no new evidence: 2"]


def test_an_entry_has_the_estimate_before_and_now_with_numbers_of_studies() -> None:
    report = review()
    entry = entries(report)[0]
    now = interval(report.outcomes[0].pooled.shown, "ratio")
    assert entry.one("span", **{"class": "was"}).text == "0.81 (0.66 to 1.02), 4 studies"
    assert entry.one("strong").text == f"{now}, 5 studies"
    assert len(list(entry.one("svg").all("rect"))) == 2


def test_an_entry_leads_to_its_outcome_and_says_why() -> None:
    entry = entries(review())[0]
    assert entry.one("h3").one("a").attributes["href"] == "#outcome-os"
    assert "0.66 to 1.02 before, 0.5 to 0.9 now" in entry.one("ul").text


def test_an_outcome_that_had_no_number_says_so_and_draws_nothing() -> None:
    entry = entries(review())[1]
    assert entry.one("span", **{"class": "was"}).text == "no eligible result"
    assert list(entry.all("svg")) == []


def test_new_studies_are_named_and_linked_and_those_that_left_only_named() -> None:
    page = seen(review())
    new, left = (node.text for node in page.children if node.tag == "p")
    assert new == f"Studies that are new to the review: {review().outcomes[0].studies[3].label}."
    assert left == "Studies no longer in the review: Kappa 2019."
    study = review().outcomes[0].studies[3]
    assert f"#study-{study.study_id}" in [link.attributes["href"] for link in page.all("a")]
    assert not [link for link in page.all("a") if link.text == "Kappa 2019"]


def test_more_reasons_than_a_few_are_left_to_the_tables() -> None:
    told = verdict("os", "Overall survival", "consequential", redefined=tuple(f"choice {i}" for i in range(9)))
    report = review()
    report = replace(report, changes=replace(report.changes, verdicts=(told,)))
    assert [item.text for item in entries(report)[0].one("ul").children][-1] == "5 further reasons: see below."


def test_every_outcome_is_marked_as_changed_or_not() -> None:
    places = {"outcome-os": True, "outcome-cr": True, "outcome-stay": False, "outcome-icans": False}
    assert changed_places(review()) == places
    page = reading(review_page(request()))
    sections = {node.attributes["id"]: node.attributes.get("data-changed") for node in page.all("section")}
    assert {place: sections[place] for place in places} == {
        place: "yes" if changed else "no" for place, changed in places.items()
    }


def test_a_number_that_moved_without_a_verdict_is_a_change() -> None:
    report = review()
    quiet = tuple(replace(found, kind="no-new-evidence", fired=()) for found in report.changes.verdicts)
    report = replace(report, changes=replace(report.changes, verdicts=quiet))
    assert changed_places(report)["outcome-os"]
    assert [entry.one("h3").text for entry in entries(report)] == ["Complete remission", "Overall survival"]


@pytest.mark.parametrize(
    "report",
    [
        builders.report(),
        review(changes=Changes(first=True, previous=None, verdicts=(verdict("os", "OS", "first"),))),
        review(provenance=replace(review().provenance, update=0)),
    ],
    ids=["first", "first-with-verdicts", "rebuilt"],
)
def test_a_report_that_is_compared_with_nothing_marks_and_shows_nothing(report: Report) -> None:
    assert overview(report) is None
    assert changed_places(report) == {}
    page = reading(review_page(request(report)))
    assert not [node for node in page.all() if "data-changed" in node.attributes]
    assert page.at("changes").one("p")


def test_the_section_itself_stays_in_full_below() -> None:
    page = reading(review_page(request()))
    tags = [node.tag for node in page.at("changes").children]
    assert tags[0] == "h2"
    assert tags[-1] == "details"
    assert "livereview 0.0.9 → 0.1.0" in page.at("changes").one("details").text
