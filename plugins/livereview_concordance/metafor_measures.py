"""Our effect measures in metafor's words: the call of ``escalc`` that computes the same effects from the same data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from livereview_concordance.calls import Argument, Call, column, flag, number, text

Options = Mapping[str, Any]

TWO_ARMS = {"ai": "events_1", "n1i": "n_1", "ci": "events_2", "n2i": "n_2"}
TWO_RATES = {"x1i": "events_1", "t1i": "time_1", "x2i": "events_2", "t2i": "time_2"}
TWO_MEANS = {"m1i": "mean_1", "sd1i": "sd_1", "n1i": "n_1", "m2i": "mean_2", "sd2i": "sd_2", "n2i": "n_2"}
ONE_ARM = {"xi": "events", "ni": "n"}
ONE_RATE = {"xi": "events", "ti": "time"}
ONE_MEAN = {"mi": "mean", "sdi": "sd", "ni": "n"}
#: Columns of the data that each measure is computed from, by metafor's names of the arguments.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("OR", "RR", "RD", "PETO", "AS"), TWO_ARMS),
    **dict.fromkeys(("PR", "PLN", "PLO", "PAS", "PFT"), ONE_ARM),
    **dict.fromkeys(("IR", "IRLN"), ONE_RATE),
    **dict.fromkeys(("IRR", "IRD"), TWO_RATES),
    **dict.fromkeys(("MD", "SMD", "ROM"), TWO_MEANS),
    "MN": ONE_MEAN,
}
#: Measures of numbers that are reported as effects: nothing is computed that another program could compute anew.
REPORTED = ("HR", "RATIO", "GEN", "GEN1", "SURV", "SURVLL")
_KINDS = {"wald": "LS", "separate": "LS", "pooled": "HO", "unbiased": "UB", "LS": "LS", "LS2": "LS2", "UB": "UB"}


def columns(names: Mapping[str, str]) -> dict[str, Argument]:
    """Arguments that are columns of the data."""
    return {argument: column(name) for argument, name in names.items()}


def effects_call(measure: str, options: Options) -> Call | str:
    """The call of escalc, or in words why there is none."""
    if measure in REPORTED:
        return "the studies report it: both programs are given the same effects and variances"
    if measure not in COLUMNS:
        return f"metafor has no effect measure {measure}"
    if options.get("variance") == "exact-interval":
        return "metafor has no variance from the exact interval"
    arguments = {"measure": text(measure), **columns(COLUMNS[measure]), **_zero_cells(options)}
    if measure in _WITH_KINDS:
        arguments["vtype"] = text(_KINDS[options.get("variance", "wald")])
    return Call(function="escalc", arguments=arguments)


_WITH_KINDS = ("RD", "PR", "MD", "SMD", "ROM")


def _zero_cells(options: Options) -> dict[str, Argument]:
    given: dict[str, Callable[[Any], Argument]] = {"add": number, "to": text, "drop00": flag}
    return {name: given[name](options[name]) for name in given if name in options}
