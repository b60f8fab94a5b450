"""The methods and the provenance: every choice, every version, the literature."""

from __future__ import annotations

from sections_reading import seen

import builders
from living_review import living_review


def test_methods_state_every_choice_once_or_by_outcome() -> None:
    report = living_review()
    whole = seen(report)
    shared = next(line for line in whole.text if line.startswith("Choices of all outcomes."))
    assert "tau2: DerSimonian-Laird" in shared
    listed = whole.table("Choice", "Value", "Outcomes")
    differing = {(row[0], row[1]) for row in listed}
    assert ["zero cells", "not relevant", "Overall survival"] in listed
    stated = {(name, value) for outcome in report.outcomes for name, value in outcome.choices.items()}
    assert {pair for pair in stated if f"{pair[0]}: {pair[1]}" not in shared} <= differing


def test_the_commonest_value_of_a_choice_is_not_listed_outcome_by_outcome() -> None:
    chosen = [{"tau2": "DL"}, *({"tau2": "PM", "add": "0.5"} for _ in range(4))]
    made = [builders.outcome(3, id=f"o{i}", title=f"O{i}", choices=choices) for i, choices in enumerate(chosen)]
    assert seen(builders.report(made)).table("Choice", "Value", "Outcomes") == [
        ["tau2", "DL", "O0"],
        ["tau2", "PM", "every other outcome"],
        ["add", "0.5", "every outcome with this choice"],
    ]


def test_methods_cite_what_the_plugins_used_cite_each_once() -> None:
    cited = ("Author A. A model. Journal 2001;1:1. doi:10.1000/model", "Author B. A book without a number, 2002.")
    made = [builders.outcome(3, id=f"o{i}", references=cited) for i in range(2)]
    page = seen(builders.report(made))
    assert sum("A model. Journal 2001;1:1." in line for line in page.text) == 1
    assert ("doi:10.1000/model", "https://doi.org/10.1000/model") in page.links
    assert any("A book without a number" in line for line in page.text)


def test_methods_say_at_full_length_where_intervals_of_single_studies_come_from() -> None:
    told = [line for line in seen(builders.report([builders.outcome(3, "proportion")])).text if "Intervals of" in line]
    assert len(told) == 1
    assert told[0].endswith("a fit has the interval of its model, also where it holds one study only.")
    assert not [line for line in seen(builders.report([builders.outcome(3)])).text if "Intervals of" in line]


def test_methods_name_every_version_that_made_the_report() -> None:
    (told,) = [line for line in seen().text if line.startswith("Reproducing this report.")]
    assert "by Python 3.11.9, livereview 0.1.0, numpy 2.3.0, scipy 1.16.0." in told


def test_provenance_holds_every_hash_and_version() -> None:
    made = living_review().provenance
    rows = dict(row for row in seen().table("Item", "Value"))
    assert (rows["Snapshot"], rows["Manifest hash"]) == (made.snapshot, made.manifest_hash)
    assert rows["Versions"] == "Python 3.11.9, livereview 0.1.0, numpy 2.3.0, scipy 1.16.0"
