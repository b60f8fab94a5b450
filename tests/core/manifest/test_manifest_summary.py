"""Mistakes in [summary_of_findings]: each told once, at its line, with what would be right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from livereview.manifest.reading import ManifestFile

HEAD = """\
[review]
id = "demo"
title = "Demo"
question = { population = "people", intervention = "drug" }
[defaults]
control = "placebo"
"""


def outcomes(**measures: str) -> str:
    return "".join(
        f'[[outcomes]]\nid = "{name}"\ntitle = "T"\nresult = "os"\nmeasure = {measure}\n'
        for name, measure in measures.items()
    )


MEASURES = outcomes(rr='"RR"', hr='"HR"', md='"MD"', cr='"PLO"', irr='"IRR"', ratio='"RATIO"')


def text(rows: str, keys: str = "") -> str:
    return f"{HEAD}{MEASURES}[summary_of_findings]\n{keys}{rows}"


def row(outcome: str, keys: str = "") -> str:
    return f'[[summary_of_findings.outcomes]]\noutcome = "{outcome}"\n{keys}'


@pytest.mark.parametrize(
    "rows",
    [
        row("rr"),
        row("rr", 'baseline = [0.1, { risk = 0.2, source = "a" }]\nimportant = 20\n'),
        row("rr", 'baseline = "control-pooled"\n'),
        row("hr", 'baseline = [0.4]\ntime = "2 years"\nimportant = 50\n'),
        row("md", "important = 3\n"),
        row("cr", 'important = 100\nevent_is = "wanted"\ntime = "2 years"\n'),
        row("ratio", 'ratio = "OR"\nbaseline = [0.3]\n'),
        "".join(row(name) for name in ("rr", "hr", "md", "cr", "irr", "ratio")),
    ],
)
def test_what_is_right_is_accepted(rows: str, reads: Callable[[str], ManifestFile]) -> None:
    part = reads(text(rows)).manifest.summary_of_findings
    assert part is not None
    assert [domain.name for domain in part.asked][:2] == ["risk-of-bias", "inconsistency"]


@pytest.mark.parametrize(
    ("rows", "key", "says"),
    [
        (row("ratios"), "outcomes[0].outcome", 'no outcome has the id "ratios". Did you mean "ratio"?'),
        (row("rr") + row("rr"), "outcomes[1].outcome", '"rr" has a row already'),
        (row("md", "baseline = [0.1]\n"), "outcomes[0].baseline", "this one is MD"),
        (row("md", 'time = "1 year"\n'), "outcomes[0].time", "this one is MD"),
        (row("cr", "baseline = [0.1]\n"), "outcomes[0].baseline", "this one is PLO"),
        (row("hr", "baseline = [0.1]\n"), "outcomes[0].baseline", "a hazard ratio gives a risk only by some time"),
        (row("hr", 'baseline = "control-median"\ntime = "a"\n'), "outcomes[0].baseline", "state one"),
        (row("hr", "important = 50\n"), "outcomes[0].important", "a ratio without a baseline risk; give baseline"),
        (row("irr", "important = 50\n"), "outcomes[0].important", "a ratio without a baseline risk; leave it out"),
        (row("rr", 'ratio = "OR"\n'), "outcomes[0].ratio", "leave it out for RR"),
        (row("ratio", "baseline = [0.1]\n"), "outcomes[0].baseline", "which ratio RATIO has pooled"),
        (row("rr", "important = 1000\n"), "outcomes[0].important", "it is in people of 1,000"),
        (row("rr", "baseline = [1.0]\n"), "outcomes[0].baseline[0]", "less than 1 is needed"),
        (row("rr", "baseline = []\n"), "outcomes[0].baseline", "it is empty"),
        (row("rr", "importent = 5\n"), "outcomes[0].importent", 'Did you mean "important"?'),
    ],
)
def test_each_mistake_is_told_once_with_what_would_be_right(
    rows: str, key: str, says: str, refuses: Callable[[str], list[str]]
) -> None:
    (message,) = refuses(text(rows))
    assert f"summary_of_findings.{key}: " in message
    assert says in message


def test_eight_outcomes_are_too_many(refuses: Callable[[str], list[str]]) -> None:
    names = [f"o{i}" for i in range(8)]
    found = HEAD + outcomes(**dict.fromkeys(names, '"RR"')) + "[summary_of_findings]\n" + "".join(map(row, names))
    (message,) = refuses(found)
    assert "summary_of_findings.outcomes: " in message
    assert "at most 7" in message


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('domains = "imprecison"\n', 'no certainty-domain is called "imprecison". Did you mean "imprecision"?'),
        ('domains = [{ name = "imprecision", power = 2 }]\n', "less than 1 is needed"),
        ('domains = ["imprecision", "imprecision"]\n', "named twice: imprecision"),
    ],
)
def test_a_domain_that_is_not_right_is_told(keys: str, says: str, refuses: Callable[[str], list[str]]) -> None:
    (message,) = refuses(text(row("rr"), keys))
    assert says in message
