"""What plugins rest on does not go and does not change in silence; adding to it is free."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

import livereview
from hook_contract import FROZEN, breaches, contract
from livereview.hook_api import OLDEST_HOOK_API

PAGE = (FROZEN.parents[2] / "docs" / "hook-api.md").read_text(encoding="utf-8")
OLD = json.loads(FROZEN.read_text(encoding="utf-8"))
NOW = contract()
WHAT_TO_DO = (
    "Plugins of strangers rest on this. Keep the old name, field or signature working and list it in DEPRECATED of "
    "livereview/hook_api.py with the version in which it goes (docs/hook-api.md). Where its time has come: raise "
    "HOOK_API and OLDEST_HOOK_API, add it to the changelog of that page, run python tests/hook_contract.py."
)


def test_nothing_that_a_plugin_rests_on_went_or_changed() -> None:
    found = breaches(OLD, NOW)
    assert not found, "\n".join([*found, WHAT_TO_DO])


def test_the_frozen_contract_is_that_of_this_version() -> None:
    assert (OLD["hook_api"], OLD["oldest_hook_api"]) == (livereview.HOOK_API, OLDEST_HOOK_API), WHAT_TO_DO
    assert f"### Hook API {livereview.HOOK_API}" in PAGE
    assert len(OLD["names"]) > 100
    assert len(OLD["hooks"]) >= 10


def fields_of(data: Any, name: str) -> Any:
    return data["names"][name]["fields"]


#: What was done to the contract, and how it is told.
BREAKING: list[tuple[Callable[[Any], Any], str]] = [
    (lambda now: now["hooks"].pop("livereview_presets"), "the hook livereview_presets returned Iterable[Preset] and"),
    (lambda now: now["names"].pop("Fit"), "livereview.Fit is gone"),
    (lambda now: fields_of(now, "Fit").pop("tau2"), "livereview.Fit.tau2 is gone"),
    (lambda now: fields_of(now, "Fit")["tau2"].update(type="float"), "livereview.Fit.tau2 was of type Array | None"),
    (lambda now: fields_of(now, "Fit")["tau2"].update(default="0"), "livereview.Fit.tau2 was None by default"),
    (lambda now: fields_of(now, "Fit")["tau2"].update(default="required"), "livereview.Fit.tau2 was None by default"),
    (lambda now: fields_of(now, "Fit").update(x={"type": "int", "default": "required"}), "livereview.Fit.x is new and"),
    (
        lambda now: fields_of(now, "RowsNeeded")["layout"].update(type='Literal["two-arms", "one-arm"]'),
        "livereview.RowsNeeded.layout was of type",
    ),
    (lambda now: now["names"]["Studies"]["methods"].pop("k"), "livereview.Studies.k is gone"),
    (lambda now: now["names"]["Studies"]["methods"].update(k=[]), "livereview.Studies.k is no longer called as it was"),
    (lambda now: now["names"]["pool"]["parameters"].pop(), "livereview.pool("),
    (lambda now: now["names"]["pool"]["parameters"][0].update(name="y"), "livereview.pool(effect) changed"),
    (
        lambda now: now["names"]["doi_in"]["parameters"].append(
            {"name": "strict", "kind": "positional_or_keyword", "type": "bool", "default": "required"}
        ),
        "livereview.doi_in(strict) is new and has no default",
    ),
    (lambda now: now["names"]["HOOK_API"].update(type="str"), "livereview.HOOK_API was a int and is a str"),
    (lambda now: now["names"].update(pool={"sort": "value", "type": "int"}), "livereview.pool was a function and is"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "said"), BREAKING, ids=[said for _, said in BREAKING])
def test_what_would_break_a_plugin_is_told(change: Callable[[Any], Any], said: str) -> None:
    now = copy.deepcopy(OLD)
    change(now)
    [told] = breaches(OLD, now)
    assert told.startswith(said)


ADDING: list[Callable[[Any], Any]] = [
    lambda now: now["hooks"].update(livereview_new="Iterable[New]"),
    lambda now: now["names"].update(New={"sort": "class", "fields": {}, "methods": {}}),
    lambda now: fields_of(now, "Fit").update(new={"type": "int", "default": "0"}),
    lambda now: fields_of(now, "RowsNeeded")["layout"].update(type='Literal["two-arms", "one-arm", "contrast", "new"]'),
    lambda now: now["names"]["Studies"]["methods"].update(new=[]),
    lambda now: fields_of(now, "Fit")["estimate"].update(default="None"),
    lambda now: now["names"]["doi_in"]["parameters"].append(
        {"name": "strict", "kind": "keyword_only", "type": "bool", "default": "False"}
    ),
]


@pytest.mark.parametrize("change", ADDING, ids=range(len(ADDING)))
def test_adding_is_free(change: Callable[[Any], Any]) -> None:
    now = copy.deepcopy(OLD)
    change(now)
    assert now != OLD
    assert breaches(OLD, now) == []
