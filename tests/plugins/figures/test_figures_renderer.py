"""The renderer ``png``: which files it makes, what they are called, what stands in the CSV beside each."""

from __future__ import annotations

import io
import math
import struct
import subprocess
import sys
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from figure_reading import records
from PIL import Image

import builders
import livereview_figures
from livereview import OutcomeResult, PluginError, RenderedFile, RenderRequest
from livereview_figures import Pictures, livereview_renderers

SMALL = Pictures(dpi=72, risk_of_bias=False)


def rendered(*outcomes: OutcomeResult, options: Pictures = SMALL) -> dict[str, RenderedFile]:
    renderer, _ = livereview_renderers()
    request = RenderRequest(report=builders.report(outcomes))
    return {file.path: file for file in renderer.render(request, options)}


def chunks(png: bytes) -> list[bytes]:
    """Names of the parts of a PNG."""
    at, out = 8, []
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        out.append(png[at + 4 : at + 8])
        at += 12 + length
    return out


def test_every_figure_is_made_with_its_numbers_beside_it() -> None:
    files = rendered(builders.outcome(4, id="os-hr"))
    kinds = ("forest", "funnel", "leave-one-out", "cumulative")
    assert list(files) == [f"figures/os-hr-{kind}.{end}" for kind in kinds for end in ("png", "csv")]
    for kind in kinds:
        picture, data = files[f"figures/os-hr-{kind}.png"], files[f"figures/os-hr-{kind}.csv"]
        assert (picture.kind, data.kind) == (kind, "data")
        assert picture.outcome == data.outcome == "os-hr"
        assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
        assert picture.title.startswith("Overall survival: ")


def test_a_division_that_parts_nothing_has_no_forest_of_its_own() -> None:
    made = builders.outcome(6, divisions=2, id="a")
    first, second = made.subgroups
    whole = tuple(study.study_id for study in made.studies)
    groups = tuple((name, pooled, whole if i == 0 else ()) for i, (name, pooled, _) in enumerate(first.groups))
    files = rendered(replace(made, subgroups=(replace(first, groups=groups), second)))
    assert [p for p in files if "forest" in p and p.endswith("png")] == [
        "figures/a-forest.png",
        "figures/a-forest-2.png",
    ]


def test_one_division_is_drawn_in_the_forest_and_several_each_get_their_own() -> None:
    one = rendered(builders.outcome(6, divisions=1, id="a"))
    two = rendered(builders.outcome(6, divisions=2, id="a"))
    assert [p for p in one if "forest" in p and p.endswith("png")] == ["figures/a-forest.png"]
    assert one["figures/a-forest.png"].title == "Overall survival: forest plot by Phase"
    names = ["figures/a-forest.png", "figures/a-forest-1.png", "figures/a-forest-2.png"]
    assert [p for p in two if "forest" in p and p.endswith("png")] == names
    assert [two[name].title.split("plot")[1] for name in names] == ["", " by Phase", " by Setting"]


def test_an_outcome_without_an_estimable_study_has_no_figure() -> None:
    assert rendered(builders.outcome(0)) == {}
    nan = math.nan
    empty = builders.study(0, effect=nan, variance=nan, shown=builders.interval(nan, 1.0, "log"))
    assert rendered(builders.outcome(studies=[empty])) == {}


def test_one_study_has_a_forest_only() -> None:
    files = rendered(builders.outcome(1, id="a"))
    assert list(files) == ["figures/a-forest.png", "figures/a-forest.csv"]
    assert "one study, Adams 2001" in files["figures/a-forest.png"].alt
    assert files["figures/a-forest.png"].alt.endswith("nothing pooled.")


def test_the_alternative_text_gives_outcome_studies_estimate_and_heterogeneity() -> None:
    pooled = replace(builders.pooled(k=12, i2=56.2), shown=builders.interval(math.log(0.7), 0.1, "log"))
    alt = rendered(builders.outcome(12, pooled=pooled, id="a"))["figures/a-forest.png"].alt
    assert alt == "Overall survival: forest plot. Risk ratio: 12 studies, pooled 0.70 (95% CI 0.58 to 0.85); I² 56%."


def test_funnels_can_be_left_out_and_need_three_studies() -> None:
    assert "figures/a-funnel.png" not in rendered(builders.outcome(5, id="a"), options=Pictures(dpi=72, funnel=False))
    assert "figures/a-funnel.png" not in rendered(builders.outcome(2, id="a"))


def test_the_same_report_gives_the_same_bytes() -> None:
    outcome = builders.outcome(6, divisions=1)
    first, second = rendered(outcome), rendered(outcome)
    assert {p: f.content for p, f in first.items()} == {p: f.content for p, f in second.items()}


def test_a_picture_says_nothing_about_when_and_with_what_it_was_made() -> None:
    for path, file in rendered(builders.outcome(3)).items():
        if path.endswith("png"):
            assert set(chunks(file.content)) <= {b"IHDR", b"PLTE", b"pHYs", b"IDAT", b"IEND"}


def test_the_settings_of_the_user_change_nothing_and_are_left_alone() -> None:
    import matplotlib

    plain = rendered(builders.outcome(3, id="a"))["figures/a-forest.png"].content
    with matplotlib.rc_context(
        {"text.color": "red", "font.size": 30, "figure.facecolor": "black", "patch.antialiased": False}
    ):
        changed = rendered(builders.outcome(3, id="a"))["figures/a-forest.png"].content
        assert matplotlib.rcParams["font.size"] == 30
    assert changed == plain


def test_the_resolution_is_the_one_asked_for_and_the_background_white() -> None:
    file = rendered(builders.outcome(3, id="a"), options=Pictures(dpi=150))["figures/a-forest.png"]
    image = Image.open(io.BytesIO(file.content))
    # A PNG counts whole pixels per metre: half of one is 0.0127 per inch. Seen: 0.0124.
    assert image.info["dpi"] == pytest.approx((150, 150), abs=0.0127)
    colours = np.asarray(image.convert("RGB"))
    assert (colours[0, 0] == 255).all()
    assert (colours.reshape(-1, 3) == (25, 90, 156)).all(axis=1).any(), "the accent colour is exact"


def test_warnings_of_missing_characters_never_arise() -> None:
    studies = [builders.study(i, label=f"王小明 {i} \U0001f600", study_id="s\U0001f600") for i in range(3)]
    rendered(builders.outcome(studies=studies, title="結果", experimental="薬", control="薬", favours=("薬", "薬")))


def test_an_id_that_is_no_file_name_is_refused() -> None:
    with pytest.raises(PluginError, match=r"'\.\./x', 'a b' cannot"):
        rendered(builders.outcome(3, id="../x"), builders.outcome(3, id="a b"))


def test_the_forest_csv_has_every_number_in_full() -> None:
    outcome = builders.outcome(5, id="a", divisions=1)
    lines = records(rendered(outcome)["figures/a-forest.csv"].content)
    by_id = {record["study_id"]: record for record in lines if record["row"] == "study"}
    for study in outcome.studies:
        record = by_id[study.study_id]
        assert float(record["estimate"]) == study.shown.estimate
        assert float(record["ci_low"]) == study.shown.low
        assert float(record["weight_percent"]) == study.weight
        assert float(record["events_1"]) == study.data["events_1"]
    assert [r["row"] for r in lines] == ["study"] * 3 + ["subtotal"] + ["study"] * 2 + [
        "subtotal", "subgroup-differences", "pooled",
    ]  # fmt: skip
    assert lines[0]["subgroup"] == "II"
    pooled = lines[-1]
    assert float(pooled["estimate"]) == outcome.pooled.shown.estimate
    assert float(pooled["i2_percent"]) == outcome.pooled.i2
    assert (float(pooled["prediction_low"]), float(pooled["prediction_high"])) == outcome.pooled.prediction_shown
    assert float(lines[-2]["q"]) == outcome.subgroups[0].q_between


def test_the_other_csvs_have_a_line_for_each_thing_drawn() -> None:
    outcome = builders.outcome(4, id="a")
    files = rendered(outcome)
    points = records(files["figures/a-funnel.csv"].content)
    assert [r["row"] for r in points] == ["study"] * 4 + ["pooled"] + ["bias-test"] * 2
    assert [float(r["effect"]) for r in points[:4]] == [s.effect for s in outcome.studies]
    assert [float(r["standard_error"]) for r in points[:4]] == [math.sqrt(s.variance) for s in outcome.studies]
    assert points[-1]["refused"] == "5 studies: below 10 the test says little"
    for kind, steps in (("leave-one-out", outcome.leave_one_out), ("cumulative", outcome.cumulative)):
        lines = records(files[f"figures/a-{kind}.csv"].content)
        assert [float(r["estimate"]) for r in lines[:-1]] == [s.pooled.shown.estimate for s in steps]
        assert [int(r["k"]) for r in lines[:-1]] == [s.pooled.k for s in steps]
        assert lines[-1]["row"] == "overall"


def test_a_number_that_is_missing_is_an_empty_cell_and_numpy_numbers_are_plain() -> None:
    nan = math.nan
    empty = builders.study(1, effect=nan, variance=nan, shown=builders.interval(nan, 1.0, "log"), weight=nan)
    exact = builders.study(0, data={"events_1": np.float64(3.0), "n_1": np.float64(40.0)})
    lines = records(rendered(builders.outcome(studies=[exact, empty], id="a"))["figures/a-forest.csv"].content)
    assert lines[0]["events_1"] == "3.0"
    assert (lines[1]["estimate"], lines[1]["not_estimable"]) == ("", "yes")


@pytest.mark.parametrize("label", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1+1", "  =cmd|' /C calc'!A0"])
def test_a_text_never_becomes_a_formula(label: str) -> None:
    studies = [builders.study(0, label=label), builders.study(1)]
    lines = records(rendered(builders.outcome(studies=studies, id="a"))["figures/a-forest.csv"].content)
    assert lines[0]["label"].startswith("'" + label.strip()[0])
    negative = records(rendered(builders.outcome(3, "difference", id="a"))["figures/a-forest.csv"].content)
    assert float(negative[0]["ci_low"]) < 0, "numbers keep their minus"


def test_the_plugin_registers_through_its_entry_point_and_imports_nothing_heavy() -> None:
    assert "livereview_figures" in {entry.value for entry in entry_points(group="livereview")}
    heavy = "matplotlib", "pandas", "PIL", "scipy.stats"
    code = f"import sys, livereview_figures; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_option_is_described() -> None:
    described = Pictures.model_json_schema()["properties"]
    assert set(described) == {"contours", "dpi", "flow", "font_size", "funnel", "risk_of_bias"}
    assert all(option["description"] for option in described.values())


def test_no_text_calls_a_result_significant() -> None:
    folder = Path(livereview_figures.__file__).parent
    assert not [
        path for path in folder.glob("*.py") if "significant" in path.read_text().replace("significant digits", "")
    ]
