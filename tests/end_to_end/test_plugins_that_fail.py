"""A plugin that fails marks its section, with name and version; all else goes on, and the exit code says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from review_folder import DEATH, ReviewFolder, run_command

Install = Callable[[str], Path]
IMPORTS = """
import sys
import numpy as np
from livereview import *
"""


def model(body: str) -> str:
    """A plugin with an effect model of this body."""
    return f"""{IMPORTS}
def fit(studies, options):
    k = studies.effect.size
    ok = Fit(estimate=studies.effect.mean(), standard_error=np.asarray(0.1), weights=np.full(k, 1 / k))
    {body}

@hookimpl
def livereview_effect_models():
    return [EffectModel(name="strange", summary="Strange.", fit=fit)]
"""


def measure(body: str) -> str:
    """A plugin with an effect measure of this body."""
    return f"""{IMPORTS}
def effects(data, options):
    ok = StudyEffects(effect=np.log(data["events_1"]), variance=1 / data["events_1"])
    {body}

@hookimpl
def livereview_effect_measures():
    need = RowsNeeded(layout="two-arms", measures=("count",), columns=("events", "n"))
    return [EffectMeasure(name="STRANGE", title="Strange", summary="S.", rows=lambda options: need, effects=effects)]
"""


def renderer(body: str) -> str:
    """A plugin with a renderer of this body."""
    return f"""{IMPORTS}
def render(request, options):
    {body}

@hookimpl
def livereview_renderers():
    return [Renderer(name="strange", summary="Strange.", render=render)]
"""


def source(body: str) -> str:
    """A plugin with a data source of this body."""
    return f"""{IMPORTS}
def fetch(request, options):
    {body}

@hookimpl
def livereview_data_sources():
    return [DataSource(name="strange", summary="Strange.", fetch=fetch)]
"""


STRANGE = DEATH.replace('"death"\ntitle', '"strange"\ntitle') + 'model = "strange"\n'
FAILED = "(strange, stranger-1 2.5 (stranger-1))"

BROKEN = [
    ("raise ValueError('boom')", "ValueError: boom"),
    ("raise PluginError('needs at least nine studies')", "needs at least nine studies"),
    ("sys.exit(7)", "SystemExit: 7"),
    ("return None", ""),
    ("return 3", ""),
]


def check_that_one_outcome_failed(folder: ReviewFolder, said: str) -> None:
    """The strange outcome failed and has no number; the other one has the number it has without it."""
    ran = folder.run("update", "adults.toml")
    assert ran.code == 1, ran
    assert "Traceback" not in ran.err
    assert said in ran.err
    assert "failed: outcome strange, effect m" in ran.err
    assert "stranger-1 2.5" in ran.err
    [record] = folder.records()
    death, strange = record["outcomes"]
    assert death["pooled"]["k"] == 3
    assert not death["failures"]
    assert strange["failures"]
    assert strange["pooled"]["estimate"] is None
    assert "stranger-1 2.5" in folder.report()
    alone = folder.manifest("alone")
    folder.run("update", alone.name)
    assert folder.records("alone")[0]["outcomes"] == [death]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *BROKEN,
        ("return replace(ok, estimate=np.asarray(np.nan))", ""),
        ("return replace(ok, standard_error=np.asarray(-1.0))", ""),
        ("return replace(ok, weights=np.ones(k + 1))", ""),
        ("return replace(ok, estimate=np.zeros(4))", ""),
        ("return replace(ok, estimate='much')", "estimate is of the type str"),
        ("return replace(ok, estimate=np.asarray('0.5'))", "estimate is of the type str"),
        ("return replace(ok, estimate=ok.estimate + 1j)", "estimate is of the type complex128"),
        ("return replace(ok, standard_error=np.asarray(np.inf))", "standard_error is negative or not a number"),
        ("return replace(ok, converged=np.asarray('no'))", "converged is of the type str"),
    ],
)
def test_a_model_that_fails(folder: ReviewFolder, plugin: Install, body: str, said: str) -> None:
    plugin("from dataclasses import replace" + model(body))
    folder.manifest("adults", outcomes=DEATH + STRANGE)
    check_that_one_outcome_failed(folder, said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *BROKEN,
        ("return StudyEffects(effect=ok.effect[:1], variance=ok.variance)", ""),
        ("return StudyEffects(effect=ok.effect, variance=-ok.variance)", ""),
        ("return StudyEffects(effect=ok.effect + np.inf, variance=ok.variance)", ""),
        ("return StudyEffects(effect=ok.effect + 1j, variance=ok.variance)", "effect is of the type complex128"),
    ],
)
def test_a_measure_that_fails(folder: ReviewFolder, plugin: Install, body: str, said: str) -> None:
    plugin(measure(body))
    strange = DEATH.replace('"death"\ntitle', '"strange"\ntitle').replace('"RR"', '"STRANGE"')
    folder.manifest("adults", outcomes=DEATH + strange)
    check_that_one_outcome_failed(folder, said)


@pytest.mark.parametrize("values", ["float('nan'), p_value=2.0", "1.0, p_value=np.complex128(0.5 + 1j)"])
def test_a_bias_test_that_fails_leaves_the_number(folder: ReviewFolder, plugin: Install, values: str) -> None:
    plugin(
        f"""{IMPORTS}
def test(studies, options):
    return BiasTestResult(statistic_name="t", statistic={values})

@hookimpl
def livereview_bias_tests():
    return [BiasTest(name="strange", summary="Strange.", test=test)]
"""
    )
    folder.manifest("adults", outcomes=DEATH + 'bias = { tests = ["strange", "egger"], minimum = 3 }\n')
    ran = folder.run("update", "adults.toml")
    assert ran.code == 1
    assert "failed: outcome death, bias test strange" in ran.err
    [outcome] = folder.records()[0]["outcomes"]
    assert outcome["pooled"]["k"] == 3
    assert [bias["name"] for bias in outcome["bias"] if bias["p_value"] is not None] == ["egger"]


@pytest.mark.parametrize("cell", ["1j", "object()", "('a', 0.0, 1.0)", "(1.0,)"])
def test_an_analysis_with_a_cell_that_cannot_be_leaves_the_number(
    folder: ReviewFolder, plugin: Install, cell: str
) -> None:
    plugin(
        f"""{IMPORTS}
def run(request, options):
    return Analysed(tables=(Table(title="T", columns=(Column(name="c"),), rows=(({cell},),)),))

@hookimpl
def livereview_further_analyses():
    return [FurtherAnalysis(name="strange", summary="Strange.", title="Strange", run=run)]
"""
    )
    folder.manifest("adults", outcomes=DEATH + 'analyses = ["strange"]\n')
    ran = folder.run("update", "adults.toml")
    assert ran.code == 1, ran
    assert f"failed: outcome death, analysis strange {FAILED}" in ran.err
    assert "row 1 of 'T' has as c what is no single number" in ran.err
    assert folder.records()[0]["outcomes"][0]["pooled"]["k"] == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *BROKEN,
        ("return [RenderedFile(path='../outside.txt', content=b'x')]", "'../outside.txt' is refused"),
        ("return [RenderedFile(path='/tmp/outside.txt', content=b'x')]", "'/tmp/outside.txt' is refused"),
        ("return [RenderedFile(path='a/../../outside.txt', content=b'x')]", "is refused"),
        ("return [RenderedFile(path='', content=b'x')]", "is refused"),
        ("return [RenderedFile(path='a\\x1b[2J', content=b'x')]", "is refused"),
        ("return [RenderedFile(path='a.txt', content='text')]", "RenderedFile with bytes"),
        ("return [RenderedFile(path='a.txt', content=b'x'), RenderedFile(path='A.txt', content=b'y')]", "twice"),
        ("return [RenderedFile(path='report.md', content=b'x')]", "the file report.md is written twice"),
        ("yield RenderedFile(path='a.txt', content=b'x')\n    raise ValueError('half way')", "half way"),
    ],
)
def test_a_renderer_that_fails(folder: ReviewFolder, plugin: Install, body: str, said: str) -> None:
    plugin(renderer(body))
    folder.manifest("adults", head='renderers = ["markdown", "strange"]')
    ran = folder.run("update", "adults.toml")
    assert ran.code == 1
    assert f"adults.toml: failed: renderer strange {FAILED}" in ran.err
    assert said in ran.err
    assert folder.report()
    reports = folder.root / "reports"
    assert [path.name for path in reports.rglob("*") if path.is_file()] == ["report.md"]
    assert not (folder.root.parent / "outside.txt").exists()
    again = folder.run("update", "adults.toml")
    assert again.code == 1
    assert len(folder.records()) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        *BROKEN,
        ("return Fetched(tables=('results',))", "RawTable"),
        ("return Fetched(problems=('no answer',))", "a problem as str instead of Problem"),
        (
            "return Fetched(tables=(RawTable(table='results', place='web', columns=('n',), rows=((1,),), "
            "row_numbers=()),))",
            "1 row and 0 row numbers",
        ),
    ],
)
def test_a_source_that_fails_leaves_the_review_with_what_there_is(
    updated: ReviewFolder, plugin: Install, body: str, said: str
) -> None:
    plugin(source(body))
    updated.manifest("adults", more='[[sources]]\nplugin = "strange"')
    updated.row("results", "brown-2004", arm="drug")["events"] = 11
    updated.write_sheets()
    ran = updated.run("update", "adults.toml")
    assert ran.code == 1
    assert f"failed: source strange {FAILED}" in ran.err
    assert said in ran.err
    assert "events 8 → events 11" in ran.out
    assert "stranger-1 2.5" in updated.report()


def test_a_section_that_works_again_is_a_new_update_and_then_nothing(folder: ReviewFolder, plugin: Install) -> None:
    site = plugin(source("if (request.folder / 'down').exists(): raise PluginError('no answer')\n    return Fetched()"))
    down = folder.root / "down"
    down.touch()
    folder.manifest("adults", more='[[sources]]\nplugin = "strange"')
    assert folder.run("update", "adults.toml").code == 1
    before = folder.tree()
    assert folder.run("update", "adults.toml").code == 1
    assert folder.tree() == before
    down.unlink()
    ran = folder.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    assert "Update 2" in ran.out
    assert "a failed section or a file came out otherwise" in ran.out
    assert "failed" not in folder.report().split("What changed", 1)[0]
    assert "nothing was written" in folder.run("update", "adults.toml").out
    down.touch()
    failing = folder.run("update", "adults.toml")
    assert failing.code == 1
    assert "nothing was written" in failing.out
    assert site.exists()


def test_a_source_may_report_problems_of_its_own(folder: ReviewFolder, plugin: Install) -> None:
    problem = "Problem(place='web page', row=3, message='gone \\x1b[31m', remedy='Look again.')"
    plugin(source(f"return Fetched(problems=({problem},))"))
    folder.manifest("adults", more='[[sources]]\nplugin = "strange"')
    before = folder.tree()
    ran = folder.run("update", "adults.toml")
    assert ran.code == 2
    assert "web page, row 3: gone" in ran.err
    assert "\x1b" not in ran.err
    assert folder.tree() == before


def test_what_a_plugin_prints_does_not_mix_with_results(folder: ReviewFolder, plugin: Install) -> None:
    plugin(renderer("print('loading the dictionary')\n    return []"))
    folder.manifest("adults", head='renderers = ["markdown", "strange"]')
    ran = folder.run("update", "adults.toml", "--json")
    assert ran.data["update"] == 1
    assert "loading the dictionary" in ran.err


def test_a_plugin_that_does_not_load_stops_only_those_who_need_it(folder: ReviewFolder, plugin: Install) -> None:
    site = plugin("import a_module_that_is_not_there")
    ran = run_command(folder.root, "update", "adults.toml", PYTHONPATH=str(site))
    assert ran.code == 0
    listed = run_command(folder.root, "plugins", PYTHONPATH=str(site))
    assert listed.code == 1
    assert "stranger-1" in listed.out
    assert "ModuleNotFoundError" in listed.out
    folder.manifest("adults", outcomes=DEATH + 'model = "strange"\n')
    needed = run_command(folder.root, "check", "adults.toml", PYTHONPATH=str(site))
    assert needed.code == 2
    assert "stranger-1" in needed.err
    assert "ModuleNotFoundError" in needed.err
    assert "Traceback" not in needed.err
