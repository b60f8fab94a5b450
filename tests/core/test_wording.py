"""Choices, cautions and reasons as a reader meets them: exact, whole sentences, one study and two studies."""

from __future__ import annotations

import re

import pytest

from evidence_rows import count, ledger, real_manifest, real_result, result, trial
from livereview.wording import sentence, weaknesses


def test_every_choice_of_an_outcome_is_stated() -> None:
    found = result(ledger(trial("a", (3, 20), (6, 20))), measure="RR", bias={"tests": ["egger"], "minimum": 12})
    assert found.choices == {
        "measure": "RR (Risk ratio)",
        **{name: value for name, value in found.choices.items() if name.startswith("measure: ")},
        "model": "random-effects",
        "tau2": "DL",
        "interval": "wald",
        "weights": "inverse-variance",
        "confidence level": "95%",
        "prediction interval": "t with k - 1 degrees of freedom",
        "I²": "from Q",
        "outcome codes": "cr",
        "experimental arms": "drug",
        "control arms": "placebo",
        "populations": "every one that is not a part of the study",
        "timepoint": "any",
        "statuses pooled": "verified, derived, from-review",
        "one number per study": "population in the order listed; then timepoint rule; then status (verified first); "
        "then latest published; then kind of report (primary first)",
        "bias tests": "egger; refused below 12 studies",
        "consequential if": "result-comes-or-goes; crosses-null; prediction-interval-crosses; estimate-moves "
        "(by = 0.5, display = ratio); certainty-changes; retraction",
    }
    assert "measure: add" in found.choices


def test_a_level_of_the_models_own_is_stated_where_it_differs() -> None:
    model = {"name": "random-effects", "tau2": "DL", "interval": "wald", "level": 0.9}
    found = result(ledger(trial("a", (3, 20), (6, 20))), measure="RR", model=model)
    assert (found.choices["level"], found.choices["confidence level"]) == ("0.9", "95%")


@pytest.mark.parametrize(
    ("keys", "name", "words"),
    [
        ({"timepoint": {"at": 24, "within": 6}}, "timepoint", "24 months, up to 6 months away"),
        ({"timepoint": 36}, "timepoint", "36 months"),
        ({"timepoint": "unstated"}, "timepoint", "numbers without a stated timepoint"),
        ({"timepoint": "latest"}, "timepoint", "the latest stated"),
        ({"level": 0.9}, "confidence level", "90%"),
        ({"level": 0.999}, "confidence level", "99.9%"),
        ({"prediction": "none"}, "prediction interval", "not computed"),
        ({"i2": "tau2"}, "I²", "from tau²"),
        ({"experimental": []}, "experimental arms", "any"),
        ({"prefer": []}, "one number per study", "no criterion"),
        ({"bias": {"tests": []}}, "bias tests", "none"),
        ({"bias": {"tests": ["egger", "begg"], "below": "label"}}, "bias tests",
         "egger, begg; run and labelled below 10 studies"),
        ({"filters": [{"field": "phase", "in": ["3"], "reason": "not phase 3"}]}, "filters",
         "left out where not phase 3"),
    ],
)  # fmt: skip
def test_a_choice_is_said_in_words(keys: dict[str, object], name: str, words: str) -> None:
    assert result(ledger(), **keys).choices[name] == words


def test_an_option_of_the_model_never_hides_a_choice_of_the_outcome() -> None:
    from evidence_rows import plugins_with
    from livereview import EffectModel, Options

    class Own(Options):
        measure: str = "weights"
        rounds: int = 3

    model = EffectModel(name="fake", summary="s", fit=lambda studies, options: None, options=Own)  # type: ignore[arg-type, return-value]
    choices = result(ledger(), plugins_with(model), model="fake").choices
    assert choices["measure"].startswith("PLO")
    assert (choices["model: measure"], choices["rounds"]) == ("weights", "3")


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ({"verified": 3}, []),
        ({"unverified": 1}, ["The only study rests on unverified numbers (not seen in a source)."]),
        (
            {"from-review": 1, "verified": 1},
            ["1 of 2 studies rests on from-review numbers (seen only in a secondary source)."],
        ),
        (
            {"derived": 2, "reconstructed": 3},
            [
                "3 of 5 studies rest on reconstructed numbers (back-calculated from a published review's pooled "
                "values, not read in a primary report).",
                "2 of 5 studies rest on derived numbers (computed from printed figures; see the notes of the rows).",
            ],
        ),
    ],
)
def test_weak_numbers_are_counted_the_weakest_first(statuses: dict[str, int], words: list[str]) -> None:
    assert weaknesses(statuses) == words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("solved by bisection", "Solved by bisection."),
        (" Done. ", "Done."),
        ("tau² = 0", "Tau² = 0."),
        ("why?", "Why?"),
    ],
)
def test_a_note_becomes_a_sentence(note: str, words: str) -> None:
    assert sentence(note) == words


def test_one_study_is_said_once() -> None:
    assert result(ledger(count("a", 3, 10))).cautions == (
        "One study: nothing is pooled, the estimate is the study's own.",
    )


def test_the_note_of_the_manifest_comes_first() -> None:
    found = result(ledger(count("a", 3, 10, status="derived")), note="Read this.")
    assert found.cautions[:2] == (
        "Read this.",
        "The only study rests on derived numbers (computed from printed figures; see the notes of the rows).",
    )


REVIEWS = ("blina_rr", "blina_frontline", "blina_combination")
WRONG_NUMBER = re.compile(r"\b1 studies|\b[02-9] study\b|\bof 1 studies")


@pytest.mark.parametrize("review", REVIEWS)
def test_no_sentence_of_a_real_review_stumbles(review: str) -> None:
    for one in real_manifest(review).outcomes:
        found = real_result(review, one.id)
        assert not found.failures
        sentences = [*found.cautions]
        sentences += [note for item in (*found.sensitivity, *found.subgroups) for note in item.notes]
        for text in sentences:
            assert text[0].isupper() or text[0].isdigit() or text.split(":")[0][0].isalnum()
            assert text.endswith((".", "!", "?")), text
            assert ".." not in text.replace("...", ""), text
        reasons = [item.reason for item in found.excluded] + [test.refused for test in found.bias]
        assert not [text for text in (*sentences, *reasons) if WRONG_NUMBER.search(text)]
        assert all(item.reason for item in found.excluded)


@pytest.mark.parametrize("review", REVIEWS)
def test_weak_statuses_of_a_real_review_are_always_cautioned(review: str) -> None:
    for one in real_manifest(review).outcomes:
        found = real_result(review, one.id)
        asked = real_manifest(review).outcome(one.id).statuses or ()
        assert set(found.statuses) <= set(asked)
        for status in ("reconstructed", "unverified"):
            said = any(f"on {status} numbers" in text for text in found.cautions)
            assert said == bool(found.statuses.get(status))
        for item in found.sensitivity:
            if "unverified" in item.choice and item.pooled.k > found.pooled.k:
                assert any("on unverified numbers" in note for note in item.notes), (one.id, item.title)
