"""The further analysis ``engine-concordance``: one outcome computed again by metafor and statsmodels.

Programs that are not there are named with the way to get them; the analysis does not fail without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import Field

from livereview import Analysed, AnalysisRequest, FurtherAnalysis, Options, PluginError
from livereview_concordance.answers import Answer, EngineAbsent, Switch
from livereview_concordance.bias import bias_numbers, bias_quantities, own_tests
from livereview_concordance.comparison import Compared, compared, explanation
from livereview_concordance.metafor_engine import metafor_asked
from livereview_concordance.metafor_switches import metafor_switches
from livereview_concordance.own import own_numbers, yardstick
from livereview_concordance.quantities import QUANTITIES, Numbers, Quantity, Yardstick
from livereview_concordance.r_process import r_is_there
from livereview_concordance.statsmodels_engine import statsmodels_answer
from livereview_concordance.statsmodels_switches import statsmodels_switches
from livereview_concordance.tables import concordance_tables, notes

Engine = Literal["metafor", "statsmodels"]


class ConcordanceOptions(Options):
    """Which programs are asked, and how long one may take."""

    engines: tuple[Engine, ...] = Field(
        default=("metafor", "statsmodels"),
        min_length=1,
        description="metafor: the R package, through the Rscript on the PATH; statsmodels: the Python package, "
        "installed with livereview[concordance].",
    )
    timeout: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds after which a run of R is ended and its answer done without."
    )


@dataclass(frozen=True, kw_only=True)
class Concordance:
    """What the comparison of one outcome found."""

    own: Numbers
    quantities: tuple[Quantity, ...]
    answers: tuple[Answer, ...]
    absent: tuple[str, ...]
    """Programs that did not answer, each with the reason."""
    compared: tuple[Compared, ...]


def concordance(request: AnalysisRequest, options: ConcordanceOptions) -> Concordance:
    """The outcome's numbers beside those of every program, gaps explained as far as switches do.

    PluginError where livereview has no estimate to compare.
    """
    tests = own_tests(request)
    own = own_numbers(request)
    if "estimate" not in own or "standard_error" not in own:
        raise PluginError(f"the model {request.model} has no estimate to compare; choose another model")
    own = {**own, **bias_numbers(tests)}
    quantities = (*QUANTITIES, *bias_quantities(tests))
    ruler = yardstick(request, own)
    asking: dict[str, Callable[[], tuple[Answer, Callable[[], Iterator[Switch]]]]] = {
        "metafor": lambda: _metafor(request, own, options.timeout),
        "statsmodels": lambda: _statsmodels(request, own),
    }
    answers: list[Answer] = []
    absent: list[str] = []
    found: list[Compared] = []
    for engine in dict.fromkeys(options.engines):
        try:
            answer, switches = asking[engine]()
        except EngineAbsent as error:
            absent.append(f"{engine} was not run: {error}")
            continue
        answers.append(answer)
        found += _explained(compared(quantities, own, answer, ruler), switches, ruler)
    return Concordance(
        own=own, quantities=quantities, answers=tuple(answers), absent=tuple(absent), compared=tuple(found)
    )


def _metafor(request: AnalysisRequest, own: Numbers, timeout: float) -> tuple[Answer, Callable[[], Iterator[Switch]]]:
    engine = metafor_asked(request, own, own_tests(request), timeout)
    return engine.answer, lambda: metafor_switches(request, own, engine)


def _statsmodels(request: AnalysisRequest, own: Numbers) -> tuple[Answer, Callable[[], Iterator[Switch]]]:
    answer = statsmodels_answer(request, own)
    return answer, lambda: statsmodels_switches(request, own, answer.numbers)


def _explained(
    rows: tuple[Compared, ...], switches: Callable[[], Iterator[Switch]], ruler: Yardstick
) -> Iterator[Compared]:
    """The rows with their explanations; switches are computed where there is a gap, each once and as far as needed."""
    tried: list[Switch] = []
    rest = switches()

    def one_by_one() -> Iterator[Switch]:
        yield from list(tried)
        for switch in rest:
            tried.append(switch)
            yield switch

    for row in rows:
        if row.agrees:
            yield row
        else:
            with np.errstate(all="ignore"):
                yield replace(row, explanation=explanation(row, one_by_one(), ruler))


def analysed(request: AnalysisRequest, options: ConcordanceOptions) -> Analysed:
    """Tables of agreement and of gaps, with notes of what was not compared."""
    found = concordance(request, options)
    return Analysed(
        tables=concordance_tables(found.quantities, found.own, found.answers, found.compared),
        notes=notes(found.quantities, found.own, found.answers, found.absent, found.compared),
    )


#: Where R is there, it is started, and its data are written for it.
_BY_R = {
    "nothing-written": "R gets its data in files of a temporary folder",
    "nobody-asked": "R is a program of its own",
}
ENGINE_CONCORDANCE = FurtherAnalysis(
    name="engine-concordance",
    title="Agreement with other programs",
    summary="The same analysis by R metafor and by statsmodels: what agrees, and which choice explains each gap.",
    options=ConcordanceOptions,
    run=analysed,
    minimum_studies=2,
    expected_failures=_BY_R if r_is_there() else {},
    references=(
        "Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3):1. "
        "doi:10.18637/jss.v036.i03",
        "Seabold S, Perktold J. Statsmodels: econometric and statistical modeling with Python. Proc 9th Python Sci "
        "Conf 2010:92. doi:10.25080/Majora-92bf1922-011",
    ),
)
