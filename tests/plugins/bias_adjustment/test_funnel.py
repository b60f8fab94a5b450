"""The trim-and-fill funnel: its numbers are those of the model, and it says what it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from adjustment_data import made, studies_of

from livereview import Analysed, AnalysisRequest, Fit, PluginError, Studies
from livereview_bias_adjustment import TRIM_AND_FILL_FUNNEL, livereview_effect_models, livereview_further_analyses
from livereview_bias_adjustment.trim_and_fill import FILLED, TrimAndFillOptions, trim_and_fill
from livereview_estimation import pooled


def common_effect(studies: Studies) -> Fit:
    mean = pooled(studies.effect, studies.variance, studies.present)
    return Fit(estimate=mean.mean, standard_error=np.sqrt(mean.variance), weights=mean.weights)


def run(studies: Studies, **options: Any) -> Analysed:
    rest: dict[str, Any] = {"model": "common-effect", "model_options": {}, "level": 0.95, "scale": "log", "null": 0.0}
    rest |= {"characteristics": {}, "results": studies, "result_of": (), "result_studies": ()}
    request = AnalysisRequest(studies=studies, fit=common_effect, **rest)
    found: Analysed = TRIM_AND_FILL_FUNNEL.run(request, TrimAndFillOptions(**options))
    return found


def test_it_is_offered() -> None:
    assert list(livereview_further_analyses()) == [TRIM_AND_FILL_FUNNEL]


def test_table_and_plot_hold_the_numbers_of_the_model() -> None:
    studies = studies_of("dat.bcg", "RR")
    found, fit = run(studies), trim_and_fill(studies, TrimAndFillOptions())
    results, images = found.tables
    more = int(fit.parameters[FILLED])
    assert results.rows[1][1] == 13 + more
    estimate, low, high = results.rows[1][2]  # type: ignore[misc]
    assert estimate == fit.estimate
    assert (high - low) / 2 == pytest.approx(1.959963984540054 * float(fit.standard_error), rel=1e-12)
    assert len(images.rows) == more == 1
    (plot,) = found.plots
    assert [series.name for series in plot.series] == ["studies", "filled", "pooled", "pooled with filled studies"]
    assert plot.series[1].x[0] == images.rows[0][1]
    np.testing.assert_allclose(plot.series[0].y, 1 / np.sqrt(studies.variance))
    assert "no evidence" in found.notes[0]


def test_without_filled_studies_there_is_no_table_of_them() -> None:
    found = run(studies_of("dat.cannon2006", "RR"))
    assert len(found.tables) == 1
    assert [series.name for series in found.plots[0].series] == ["studies", "pooled"]
    assert "none filled in" in found.plots[0].alt


def test_what_does_not_settle_is_refused_with_what_to_do() -> None:
    with pytest.raises(PluginError, match="another estimator"):
        run(studies_of("dat.damico2009", "RR"), estimator="Q0")


def test_every_row_is_as_long_as_its_table_is_wide() -> None:
    for table in run(made([0.1, 0.15, 0.3, 0.55, 0.9, 1.2], [0.001, 0.004, 0.02, 0.06, 0.15, 0.3])).tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_filled_studies_stand_in_the_funnel_of_the_outcome_by_their_standard_errors() -> None:
    studies = studies_of("dat.bcg", "RR")
    found, fit = run(studies), trim_and_fill(studies, TrimAndFillOptions())
    hollow, line = found.funnel
    (image,) = found.tables[1].rows
    assert (hollow.style, line.style) == ("hollow", "dashed")
    assert hollow.x.tolist() == [image[1]]
    assert hollow.y == pytest.approx([image[2]], rel=1e-15)
    assert line.x.tolist() == [float(fit.estimate)] * 2
    assert run(studies_of("dat.cannon2006", "RR")).funnel == ()


def test_models_that_adjust_for_missing_studies_say_so() -> None:
    assert [model.name for model in livereview_effect_models() if not model.adjusts] == []
