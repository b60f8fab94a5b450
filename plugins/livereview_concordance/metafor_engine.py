"""metafor's numbers of an outcome: effects, the pooled result, tests for small-study effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from livereview import AnalysisRequest, Array
from livereview_concordance.answers import Answer
from livereview_concordance.bias import OwnTest, bias_call, keys, participants
from livereview_concordance.calls import Call, number
from livereview_concordance.metafor_measures import effects_call
from livereview_concordance.metafor_models import Counterpart, model_call
from livereview_concordance.metafor_process import Replies, Reply, asked
from livereview_concordance.quantities import QUANTITIES, Numbers

POOLED = tuple(quantity.key for quantity in QUANTITIES if quantity.key not in ("effects", "variances"))
CAUTIOUS = "metafor's iteration did not settle with whole steps; it was run with half steps (stepadj = 0.5)"

AS_IT_IS = "metafor refused to iterate further than it does by itself; its own settings were left"


@dataclass(frozen=True, kw_only=True)
class MetaforAsked:
    """What metafor was asked, so that it can be asked again with a choice switched, and its answer."""

    answer: Answer
    counterpart: Counterpart | None
    """None = the model has none."""
    columns: Mapping[str, Array]
    timeout: float

    def again(self, calls: Mapping[str, Call]) -> Replies:
        """Replies to further calls on the same numbers; EngineAbsent as ``asked``."""
        return asked(calls, self.columns, self.timeout)


def metafor_asked(request: AnalysisRequest, own: Numbers, tests: Mapping[str, OwnTest], timeout: float) -> MetaforAsked:
    """metafor's answer for an outcome and its bias tests; EngineAbsent where it cannot be run."""
    effects = effects_call(request.studies.measure, request.measure_options)
    tau2 = own.get("tau2")
    model = model_call(request, None if tau2 is None else float(tau2))
    calls: dict[str, Call] = {}
    missing: dict[str, str] = {}
    if isinstance(effects, str):
        missing |= dict.fromkeys(("effects", "variances"), effects)
    else:
        calls["effects"] = effects
    if isinstance(model, str):
        missing |= dict.fromkeys(POOLED, model)
    else:
        calls["pooled"] = model.call
        missing |= model.missing
    columns = _columns(request, {} if isinstance(model, str) else model.columns)
    for name, test in tests.items():
        call = bias_call(test, columns)
        if isinstance(call, str):
            missing |= dict.fromkeys(keys(name), call)
        else:
            calls[name] = call
    replies = asked(calls, columns, timeout)
    return MetaforAsked(
        answer=_answer(replies, missing, columns, timeout, calls),
        counterpart=None if isinstance(model, str) else model,
        columns=columns,
        timeout=timeout,
    )


def _columns(request: AnalysisRequest, further: Mapping[str, Array]) -> dict[str, Array]:
    studies = request.studies
    own = {"effect": studies.effect, "variance": studies.variance}
    return {**studies.data, **own, **participants(request), **further}


def _answer(
    replies: Replies, missing: dict[str, str], columns: Mapping[str, Array], timeout: float, calls: Mapping[str, Call]
) -> Answer:
    """The replies as one answer; a pooled fit that was refused is tried once more with settings of less ambition."""
    numbers: dict[str, Array] = {}
    remarks: list[str] = []
    for name, call in calls.items():
        reply = replies.of[name]
        if name == "pooled" and reply.error:
            reply, remark = _again(call, reply, columns, timeout)
            remarks += remark
        remarks += [f"metafor warned: {said}" for said in reply.warnings]
        if reply.error:
            missing |= dict.fromkeys(_keys(name), f"metafor refused: {reply.error}")
        numbers |= _named(name, reply)
    kept = {key: value for key, value in numbers.items() if key not in missing and np.isfinite(value).any()}
    return Answer(engine="metafor", version=replies.version, numbers=kept, missing=missing, remarks=tuple(remarks))


def _again(call: Call, reply: Reply, columns: Mapping[str, Array], timeout: float) -> tuple[Reply, list[str]]:
    """The reply to the call with half steps, or with metafor's own settings, and a remark; else the first reply."""
    tries = {"halved": call.but(**{"control/stepadj": number(0.5)}), "plain": call.plain()}
    if call.function == "rma.glmm":
        del tries["halved"]
    replies = asked(tries, columns, timeout)
    for name, remark in (("halved", CAUTIOUS), ("plain", AS_IT_IS)):
        if name in tries and not replies.of[name].error:
            return replies.of[name], [remark]
    return reply, []


def _keys(name: str) -> tuple[str, ...]:
    return {"effects": ("effects", "variances"), "pooled": POOLED}.get(name, keys(name))


def _named(name: str, reply: Reply) -> dict[str, Array]:
    """A reply's numbers by key of their quantity."""
    if name in ("effects", "pooled"):
        return dict(reply.numbers)
    statistic = reply.numbers.get("statistic", reply.numbers.get("tau"))
    p = reply.numbers.get("p_value")
    return {key: value for key, value in zip(keys(name), (statistic, p), strict=True) if value is not None}
