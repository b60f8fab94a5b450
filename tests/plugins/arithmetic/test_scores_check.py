"""Totals of appraisals against their items: what the appraisals say of themselves becomes findings."""

from __future__ import annotations

from dataclasses import replace

from livereview import AppraisalCard, AuditRequest, InstrumentCard
from livereview_arithmetic import SCORES

#: Foa 2020 on the Newcastle-Ottawa scale as Wang 2026 prints it: 16, items that add to 14.
ROW = {"study_id": "foa-2020", "item": "total", "outcome": None, "row_id": "a1"}


def instrument(totals: tuple[tuple[str, str], ...], scores: dict[str, str], computed: float | None) -> InstrumentCard:
    card = AppraisalCard(
        study_id="foa-2020", label="Foa 2020", outcome="", scores=scores, totals=totals, computed=computed
    )
    allowed = {"item1": ("0", "1", "2")}
    return InstrumentCard(
        title="MINORS", known=True, items=(("item1", "Aim"),), has_total=True, cards=(card,), scores=allowed
    )


def codes(card: InstrumentCard) -> list[tuple[str, str]]:
    request = AuditRequest(tables={"appraisals": [ROW]}, instruments=(card,))
    return [(item.code, item.place.row_id) for item in SCORES.find(request, SCORES.options())]  # type: ignore[union-attr]


def test_a_total_that_its_items_do_not_give_is_found_at_its_row() -> None:
    assert codes(instrument((("total", "16"),), {"item1": "2"}, 14.0)) == [("total-differs", "a1")]


def test_a_total_that_its_items_give_is_let_alone() -> None:
    assert codes(instrument((("total", "14"),), {"item1": "2"}, 14.0)) == []


def test_a_total_of_which_an_item_is_missing_is_let_alone() -> None:
    assert codes(instrument((("total", "16"),), {"item1": "2"}, None)) == []


def test_a_score_that_the_instrument_does_not_have_is_found() -> None:
    assert codes(instrument((), {"item1": "3"}, None)) == [("score-outside-range", "")]


def test_one_numbering_of_items_is_one_finding() -> None:
    one = instrument((), {"item1": "3"}, None)
    both = replace(one, cards=(*one.cards, replace(one.cards[0], study_id="other-2021")))
    (finding,) = SCORES.find(AuditRequest(tables={}, instruments=(both,)), SCORES.options())  # type: ignore[misc]
    assert "in 2 studies" in finding.message
    assert [place.study_id for place in (finding.place, *finding.also)] == ["foa-2020", "other-2021"]
