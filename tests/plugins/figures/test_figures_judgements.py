"""Judgements as signs: robvis colours with symbols, points shaded, nothing judged where nobody did."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereview import AppraisalCard, InstrumentCard
from livereview_figures.drawing.judgements import DISPUTED, MISSING, contrast, disc, judged, judgement_of, key
from livereview_figures.drawing.page import Shape, Text

ROB_2 = ("Low", "Some concerns", "High")
ROB_1 = ("Low risk", "Unclear risk", "High risk")
ROBINS_I = ("Low", "Moderate", "Serious", "Critical")
ROBINS_E = ("Low risk of bias", "Some concerns", "High risk of bias", "Very high risk of bias")


@pytest.mark.parametrize(
    ("scale", "colours", "symbols"),
    [
        (ROB_2, ["#02C100", "#E2DF07", "#BF0000"], "+−×"),
        (ROB_1, ["#02C100", "#E2DF07", "#BF0000"], "+?×"),
        (ROBINS_I, ["#02C100", "#E2DF07", "#BF0000", "#820000"], "+−×!"),
        (ROBINS_E, ["#02C100", "#E2DF07", "#BF0000", "#820000"], "+−×!"),
    ],
)
@pytest.mark.parametrize("defined", [True, False])
def test_colours_and_symbols_are_those_of_robvis(
    scale: tuple[str, ...], colours: list[str], symbols: str, defined: bool
) -> None:
    found = [judged(score, scale if defined else ()) for score in scale]
    assert [one.fill for one in found] == colours
    assert "".join(one.symbol for one in found) == symbols


def test_capitals_of_a_sheet_do_not_count() -> None:
    assert judged("SOME  CONCERNS", ROB_2).fill == judged("Some concerns", ROB_2).fill


def test_no_information_is_blue_with_a_question_mark() -> None:
    found = judged("No information", ROBINS_I, ("No information",))
    assert (found.fill, found.symbol) == ("#4EA1F7", "?")


def test_points_are_printed_and_shaded_by_their_share_of_the_maximum() -> None:
    found = [judged(points, ("0", "1", "2")) for points in ("0", "1", "2")]
    assert [one.symbol for one in found] == ["0", "1", "2"]
    assert found[0].fill == "#FFFFFF"
    assert found[2].fill == judged("1", ("0", "1")).fill
    assert len({one.fill for one in found}) == 3


def test_an_own_scale_of_five_has_five_shades_with_their_numbers() -> None:
    scale = ("none", "slight", "some", "much", "total")
    found = [judged(score, scale) for score in scale]
    assert len({one.fill for one in found}) == 5
    assert [one.symbol for one in found] == ["1", "2", "3", "4", "5"]


@given(st.text(min_size=1, max_size=20).filter(str.strip), st.lists(st.text(min_size=1, max_size=8), max_size=6))
def test_any_score_has_a_sign_that_can_be_read(score: str, order: list[str]) -> None:
    found = judged(score, order)
    assert not found.symbol or contrast(found.ink, found.fill) >= 4.5


def test_a_disputed_and_a_missing_judgement_are_empty_discs() -> None:
    instrument = InstrumentCard(
        title="RoB 2", known=True, items=(("D1", ""), ("D2", ""), ("D3", "")), has_total=False, cards=(),
        scores={"D1": ROB_2},
    )  # fmt: skip
    card = AppraisalCard(study_id="a", label="A", outcome="", scores={"D1": "High"}, disputed=("D2",))
    assert judgement_of(instrument, card, "D1").severity == "high"
    assert judgement_of(instrument, card, "D2") == DISPUTED
    assert judgement_of(instrument, card, "D3") == judgement_of(instrument, None, "D1") == MISSING
    for one in (DISPUTED, MISSING):
        assert not [mark for mark in disc(one, 10, 10, 5, name="x") if isinstance(mark, Text)]


def test_a_disc_tells_what_it_is() -> None:
    marks = disc(judged("High", ROB_2), 10, 10, 5, name="D1:a", tip="Adams 2001, D1: High", href="#study-a")
    shape = marks[0]
    assert isinstance(shape, Shape)
    assert (shape.tip, shape.href) == ("Adams 2001, D1: High", "#study-a")
    assert all(abs((x - 10) ** 2 + (y - 10) ** 2 - 25) < 1e-9 for x, y in shape.points)


def test_a_key_lists_each_judgement_once_the_best_first() -> None:
    found = [judged(s, ROBINS_I, ("No information",)) for s in ("Critical", "Low", "No information", "Low", "Serious")]
    listed = key([MISSING, *found, DISPUTED, judged("1", ("0", "1"))])
    assert [one.words for one in listed] == [
        "Low", "Serious", "Critical", "No information", DISPUTED.words, MISSING.words,
    ]  # fmt: skip
