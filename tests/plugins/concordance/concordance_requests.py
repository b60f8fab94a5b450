"""Outcomes to compare: any measure and model by name, from raw data; and programs called Rscript that are not R."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livereview import AnalysisRequest, BiasTest, ChosenTest, EffectMeasure, EffectModel, Studies
from livereview.fitting import fitted
from livereview.plugins import installed

BCG = {
    "events_1": (4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27),
    "n_1": (123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913),
    "events_2": (11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29),
    "n_2": (139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854),
}
WALD = {"tau2": "DL", "interval": "wald"}


def request(
    data: Mapping[str, Sequence[float]] = BCG,
    measure: str = "RR",
    model: str = "random-effects",
    measure_options: Mapping[str, Any] | None = None,
    tests: Mapping[str, Mapping[str, Any]] | None = None,
    **options: Any,
) -> AnalysisRequest:
    """An outcome of these data; other keywords are fields of the request where it has them, else model options."""
    plugins = installed()
    columns = {name: np.array(values, dtype=np.float64) for name, values in data.items()}
    measures, models = plugins.find(EffectMeasure, measure), plugins.find(EffectModel, model)
    assert measures is not None
    assert models is not None
    fields = {name: options.pop(name) for name in list(options) if name in AnalysisRequest.__dataclass_fields__}
    chosen, own = measures.options(measure_options or {}), models.options(options)
    found = measures.descriptor.effects(columns, chosen)
    k = found.effect.size
    studies = Studies(
        effect=found.effect, variance=found.variance, present=np.ones(k, dtype=bool), data=columns, measure=measure,
        labels=tuple(f'Study {i}"; quit()' for i in range(k)),
    )  # fmt: skip
    return of(studies, models.descriptor, own, **{
        "null": measures.descriptor.null, "scale": measures.descriptor.scale, "measure_options": chosen.model_dump(),
        "bias_tests": tuple(_test(name, given) for name, given in (tests or {}).items()), **fields,
    })  # fmt: skip


def generic(y: Sequence[float], v: Sequence[float], model: str = "random-effects", **options: Any) -> AnalysisRequest:
    """An outcome of hazard ratios, which are reported as effects."""
    models = installed().find(EffectModel, model)
    assert models is not None
    fields = {name: options.pop(name) for name in list(options) if name in AnalysisRequest.__dataclass_fields__}
    y_array, v_array = np.array(y, dtype=np.float64), np.array(v, dtype=np.float64)
    studies = Studies(effect=y_array, variance=v_array, present=np.ones(y_array.size, dtype=bool), measure="HR",
                      labels=("x",) * y_array.size)  # fmt: skip
    return of(studies, models.descriptor, models.options(options), **fields)


def of(studies: Studies, model: EffectModel, options: Any, **fields: Any) -> AnalysisRequest:
    """A request for these studies."""
    given: dict[str, Any] = {
        "studies": studies, "fit": lambda anew: fitted(model, anew, options), "model": model.name,
        "model_options": options.model_dump(), "level": 0.95, "null": 0.0, "scale": "log", "characteristics": {},
        "results": studies, "result_of": tuple(range(studies.effect.size)), "result_studies": studies.labels,
        "has_test": model.has_test,
    }  # fmt: skip
    return AnalysisRequest(**(given | fields))


def _test(name: str, given: Mapping[str, Any]) -> ChosenTest:
    found = installed().find(BiasTest, name)
    assert found is not None
    options, run = found.options(given), found.descriptor.test
    return ChosenTest(name=name, options=options.model_dump(), run=lambda studies: run(studies, options))


def fake_rscript(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Puts a program called Rscript, and no other, on the PATH. ``body`` is Python; ``paths`` are the script, its
    tables and the file of results."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "Rscript"
    opening = "import os, sys, time\npaths = [a for a in sys.argv[1:] if not a.startswith('--')]\n"
    program.write_text(f"#!{sys.executable}\n{opening}{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder))


def answering(folder: Path, monkeypatch: pytest.MonkeyPatch, results: str) -> Path:
    """An Rscript that answers with these results whatever it is asked; the folder holds what it was given."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answer.csv").write_text(results, encoding="utf-8")
    fake_rscript(folder, monkeypatch, "")
    # A shell starts in a fraction of Python's time. Four options come first.
    copied = f'/bin/cp \'{folder}/answer.csv\' "$4"; /bin/cp "$2" "$3" \'{folder}\''
    (folder / "Rscript").write_text(f"#!/bin/sh\nshift 4\n{copied}\n", encoding="utf-8")
    return folder


def results(rows: Mapping[str, Mapping[str, Any]], metafor: str = "3.8.1") -> str:
    """A file of results: values by quantity, by call; a text is an error or a warning."""
    lines = ["call,quantity,index,value,text", ",R,0,NA,4.2.2", f",metafor,0,NA,{metafor}"]
    for call, quantities in rows.items():
        for quantity, values in quantities.items():
            if isinstance(values, str):
                lines.append(f'{call},{quantity},0,NA,"{values}"')
            else:
                lines += [f"{call},{quantity},{i},{value!r}," for i, value in enumerate(np.ravel(values).tolist())]
    return os.linesep.join(lines) + "\n"
