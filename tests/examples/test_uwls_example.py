"""The example package of docs/plugins.md, installed into an environment of its own and used by a review."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from installation import ROOT, installed_into

PACKAGE = ROOT / "examples" / "livereview-uwls"

#: Colditz et al. 1994 (10.1001/jama.1994.03510330076038): events and people, vaccinated then control, of four trials.
TRIALS = {"aronson-1948": (4, 123, 11, 139), "rosenthal-1960": (3, 231, 11, 220), "hart-1977": (62, 13598, 248, 12867),
          "frimodt-moller-1973": (33, 5069, 47, 5808)}  # fmt: skip
#: R 4.2.2, summary(lm(y ~ 1, weights = 1 / v)) with y the log risk ratios of these trials and v their variances.
FROM_R = {"estimate": -1.0971612360553, "standard_error": 0.307864189568569, "p_value": 0.037718445445955}

MANIFEST = """
[review]
id = "bcg"
title = "BCG against tuberculosis"

[review.question]
population = "Anybody"
intervention = "BCG"

[[sources]]
plugin = "sheets"
path = "extractions"

[defaults]
experimental = ["bcg"]
control = ["no-vaccine"]
measure = "RR"
model = "uwls"

[[outcomes]]
id = "tb"
title = "Tuberculosis"
result = "tuberculosis"
sensitivity = [{ title = "Scale at least 1", model = { name = "uwls", scale = "at-least-one" } }]
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that has the example package, and sees the packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", vars=scheme))
    (site / "this.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    installed_into(site, PACKAGE)
    return Path(sysconfig.get_path("scripts", "venv", vars=scheme)) / "python"


def ran(python: Path, *arguments: str | Path, folder: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of that environment, done; both streams are shown if the exit code is another one."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run([python, *arguments], cwd=folder, env=outside, capture_output=True, encoding="utf-8")
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def livereview(python: Path, *arguments: str, folder: Path, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """A command of livereview, done."""
    program = "from livereview.cli import run; run()"
    return ran(python, "-c", program, *arguments, folder=folder, expected=expected)


def a_review(folder: Path) -> Path:
    """A review of four trials whose manifest names the model of the package."""
    sheets = folder / "extractions"
    sheets.mkdir()
    results = ["study_id,report_id,outcome,arm,measure,events,n,locator,status"]
    for study, (events, people, others, controls) in TRIALS.items():
        for arm, count, n in (("bcg", events, people), ("no-vaccine", others, controls)):
            results.append(f"{study},r-{study},tuberculosis,{arm},count,{count},{n},Table 1,verified")
    pairs = [f"{study},{study}" for study in TRIALS]
    (sheets / "studies.csv").write_text("\n".join(["study_id,label", *pairs]))
    (sheets / "reports.csv").write_text("\n".join(["report_id,study_id", *(f"r-{pair}" for pair in pairs)]))
    (sheets / "results.csv").write_text("\n".join(results))
    (folder / "bcg.toml").write_text(MANIFEST)
    return folder / "bcg.toml"


def test_its_own_tests_pass_where_it_is_installed(environment: Path, tmp_path: Path) -> None:
    done = ran(environment, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml",
               f"--basetemp={tmp_path}", "tests", folder=PACKAGE)  # fmt: skip
    assert "6 passed" in done.stdout


def test_it_is_listed_with_its_own_distribution(environment: Path, tmp_path: Path) -> None:
    listed = json.loads(livereview(environment, "plugins", "--json", folder=tmp_path).stdout)
    (found,) = [line for line in listed if line["name"] == "uwls"]
    assert found["state"] == "active"
    assert found["provider"] == {"entry_point": "uwls", "distribution": "livereview-uwls", "version": "0.1.0"}


def test_a_review_that_names_it_gets_its_numbers(environment: Path, tmp_path: Path) -> None:
    manifest = a_review(tmp_path)
    livereview(environment, "update", str(manifest), folder=tmp_path)
    shown = json.loads(
        livereview(environment, "show", str(manifest), "--outcome", "tb", "--json", folder=tmp_path).stdout
    )
    assert shown["pooled"]["k"] == 4
    for name, value in FROM_R.items():
        assert shown["pooled"][name] == pytest.approx(value, rel=1e-12), name
    assert shown["pooled"]["tau2"] is None
    assert len(shown["leave_one_out"]) == 4
    (sensitivity,) = shown["sensitivity"]
    assert sensitivity["pooled"]["estimate"] == shown["pooled"]["estimate"]
    report = (tmp_path / "reports" / "bcg" / "report.md").read_text(encoding="utf-8")
    assert "livereview-uwls 0.1.0" in report


def test_a_wrong_option_is_refused_by_its_place(environment: Path, tmp_path: Path) -> None:
    manifest = a_review(tmp_path)
    manifest.write_text(MANIFEST.replace('"at-least-one"', '"at-least-1"'))
    done = livereview(environment, "check", "bcg.toml", folder=tmp_path, expected=2)
    line = 1 + MANIFEST.splitlines().index(
        'sensitivity = [{ title = "Scale at least 1", model = { name = "uwls", scale = "at-least-one" } }]'
    )
    assert done.stderr.startswith(f"bcg.toml:{line}: outcomes[0].sensitivity[0].model.scale")
    assert "unrestricted" in done.stderr
