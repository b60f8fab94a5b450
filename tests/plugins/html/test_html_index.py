"""The index of reviews as a page: every review with its way in, what matters most first, nothing run."""

from __future__ import annotations

from typing import Any

from made_reviews import verdict
from page_reading import Node, reading

from livereview import IndexedReview, IndexRequest
from livereview_html.index import index_page

HOSTILE = '<img src=x onerror=alert(1)>"</a>\u202e'


def one(review: str, **fields: Any) -> IndexedReview:
    made: dict[str, Any] = {
        "review": review, "title": f"Review of {review}", "record": "0002-abc", "manifest": f"{review}.toml",
        "store": "evidence", "page": f"{review}/report.html", "update": 2, "published_on": "2026-11-01",
        "due_on": "2027-02-01", "outcomes": 3, "studies": (("a-2001", "Adams 2001"), (f"{review}-1", "Own 1")),
    }  # fmt: skip
    return IndexedReview(**(made | fields))


def page(*reviews: IndexedReview) -> Node:
    [file] = index_page(IndexRequest(reviews=reviews))
    assert file.path == "index.html"
    return reading(file.content.decode())


def rows(node: Node, place: str) -> list[list[str]]:
    return [[cell.text for cell in row.children] for row in node.at(place).one("tbody").children]


def test_every_review_has_a_row_and_a_way_in() -> None:
    node = page(one("os"), one("ae", update=1, due_on=None))
    assert [row[:5] for row in rows(node, "reviews")] == [
        ["Review of os", "update 2 of 2026-11-01", "due 2027-02-01", "2", "3"],
        ["Review of ae", "update 1 of 2026-11-01", "kept up, without a schedule", "2", "3"],
    ]
    assert [link.attributes["href"] for link in node.at("reviews").all("a")] == ["os/report.html", "ae/report.html"]


def test_a_review_that_is_not_kept_up_says_why() -> None:
    [row] = rows(page(one("os", status="retired", reason="The question is answered.", due_on=None)), "reviews")
    assert row[2] == "retired: The question is answered."


def test_the_page_knows_no_clock() -> None:
    due = page(one("os", due_on="1999-01-01")).one("time")
    assert due.attributes["datetime"] == "1999-01-01"
    assert due.text == "1999-01-01"


def test_what_matters_most_comes_first() -> None:
    verdicts = (
        verdict("a", "A", "no-new-evidence"),
        verdict("b", "B", "not-consequential"),
        verdict("c", "C", "consequential"),
    )
    node = page(one("os", verdicts=verdicts))
    assert [item.text for item in node.at("reviews").one("ul").children] == [
        "consequential: 1", "new, not consequential: 1", "no new evidence: 1",
    ]  # fmt: skip
    [why] = [entry for entry in node.at("newest").all("ul") if entry.attributes.get("class") == "why"]
    assert [item.text.split(" ")[0] for item in why.children] == ["consequential", "new,"]


def test_the_newest_changes_come_first_and_what_did_not_change_is_left_out() -> None:
    node = page(
        one("old", published_on="2026-01-01", came=("Garcia 2027",)),
        one("new", published_on="2026-11-01", gone=("Adams 2001",)),
        one("same"),
    )
    assert [title.text for title in node.at("newest").all("h3")] == ["Review of new", "Review of old"]


def test_a_damaged_history_is_told_in_its_row() -> None:
    [row] = rows(page(IndexedReview(review="os", title="os", trouble="history/os/0001-ab.json: damaged.")), "reviews")
    assert row == ["os", "Damaged: history/os/0001-ab.json: damaged."]


def test_failed_sections_are_named() -> None:
    [row] = rows(page(one("os", failed=("outcome os (glmm): no maximum",))), "reviews")
    assert row[-1] == "outcome os (glmm): no maximum"


def test_studies_that_reviews_share_are_listed_with_both() -> None:
    assert rows(page(one("os"), one("ae")), "shared") == [["Adams 2001", "2", "Review of os; Review of ae"]]


def test_the_same_id_in_another_store_is_another_study() -> None:
    node = page(one("os"), one("ae", store="elsewhere"))
    assert not [part for part in node.all("section") if part.attributes.get("id") == "shared"]


def test_a_review_without_a_document_is_named_without_a_link() -> None:
    node = page(one("os", page=""))
    assert rows(node, "reviews")[0][0] == "Review of os"
    assert not list(node.at("reviews").all("a"))


def test_a_folder_without_reviews_has_a_page_that_says_so() -> None:
    node = page()
    assert rows(node, "reviews") == []
    assert "0 living systematic reviews" in node.one("header").text


def test_text_from_outside_is_text() -> None:
    node = page(
        one("os", title=HOSTILE, reason=HOSTILE, status="suspended", failed=(HOSTILE,), came=(HOSTILE,),
            studies=(("s", HOSTILE),), verdicts=(verdict("a", HOSTILE, "consequential"),)),
        one("x", studies=(("s", HOSTILE),), page=f"x/{HOSTILE}"),
        IndexedReview(review="y", title="y", trouble=HOSTILE),
    )  # fmt: skip
    assert not list(node.all("img"))
    assert node.text.count("onerror=alert(1)") >= 7
    assert "\u202e" not in node.text
    assert all(not link.attributes["href"].startswith("javascript") for link in node.all("a"))
