"""The kit finds planted defects, at least nine in ten, and lets pass the correct pieces that they were made from."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest
from broken import Broken, everything
from broken_later import LATER

from livereview import BiasTest, Descriptor, EffectMeasure, EffectModel
from livereview.testing import checks, run

PLANTED = everything()
DOCS = Path(__file__).parents[3] / "docs" / "testing.md"
#: Defects that no check sees: another estimator of the same quantity, which is consistent too.
UNSEEN = {"Q about the plain mean", "Q less k in tau²", "unweighted regression"}
#: Found by the first check that meets an address of memory again, which is another one from run to run.
BY_CHANCE = {"results kept by id()"}


@cache
def found_by(piece: Broken) -> str:
    """The first check that a piece does not pass; empty = it passes all."""
    for item in checks(piece.plugin):
        [outcome] = run(piece.plugin, only=(item.name,), choices=False, **piece.given)
        if outcome.failed:
            return item.name
    return ""


def share(pieces: list[Broken]) -> float:
    return sum(bool(found_by(piece)) for piece in pieces) / len(pieces)


def table() -> list[str]:
    """The table of the docs: every defect with the check that finds it."""
    rows = [f"| {piece.plugin.kind} | {piece.defect} | {_named(piece)} |" for piece in (*PLANTED, *LATER)]
    return ["| kind | planted defect | found by |", "| --- | --- | --- |", *rows]


def _named(piece: Broken) -> str:
    if piece.defect in BY_CHANCE and found_by(piece):
        return "whichever check meets an address again"
    return f"`{found_by(piece)}`" if found_by(piece) else "not found"


def test_every_defect_has_a_name_of_its_own_and_there_are_enough() -> None:
    names = [piece.defect for piece in (*PLANTED, *LATER)]
    assert len(set(names)) == len(names) >= 30
    assert sum(isinstance(piece.plugin, EffectModel | EffectMeasure | BiasTest) for piece in PLANTED) >= 20


@pytest.mark.parametrize("piece", PLANTED, ids=lambda piece: piece.defect)
def test_a_planted_defect_is_found(piece: Broken) -> None:
    assert found_by(piece)


def test_nine_in_ten_are_found_of_estimators_and_of_all() -> None:
    every = [*PLANTED, *LATER]
    assert share(every) >= 0.9
    assert share([piece for piece in every if isinstance(piece.plugin, EffectModel | EffectMeasure | BiasTest)]) >= 0.9


def test_what_is_not_found_is_known() -> None:
    assert {piece.defect for piece in (*PLANTED, *LATER) if not found_by(piece)} == UNSEEN


@pytest.mark.parametrize("at", range(len({id(piece.twin) for piece in PLANTED})))
def test_the_correct_twin_passes_everything(at: int) -> None:
    twins: dict[int, Broken] = {}
    for piece in PLANTED:
        twins.setdefault(id(piece.twin), piece)
    piece = list(twins.values())[at]
    assert [(item.check, item.message) for item in run(piece.twin, **piece.given) if item.failed] == []


def test_every_kind_has_a_broken_piece() -> None:
    kinds = {type(piece.plugin) for piece in PLANTED}
    assert kinds == set(Descriptor.__subclasses__())


def test_the_docs_have_the_table() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert "\n".join(table()) in text, f"run python {Path(__file__).name} to write it"


if __name__ == "__main__":
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    start = lines.index("| kind | planted defect | found by |")
    end = next((at for at in range(start, len(lines)) if not lines[at].startswith("|")), len(lines))
    DOCS.write_text("\n".join([*lines[:start], *table(), *lines[end:]]) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(PLANTED) + len(LATER)} defects\n")
