"""Models for counts beside metafor's rma.glmm (lme4, and its own optimiser for CM.EL), record by record.

metafor's values carry the noise of its optimisers and of numerical Hessians: each tolerance says what was seen, and
``test_glmm_first_principles`` decides where the two differ.
"""

from __future__ import annotations

from collections import Counter

import golden
import numpy as np
import pytest
from glmm_data import LIKELIHOOD_RATIO, MODELS, WALD, dataset, fit, studies

from livereview import Fit, Studies
from livereview.inference import derived

#: Standard errors of CM.EL with one common effect that metafor's numerical Hessian gets wrong; ours is the information
#: of the conditional distribution itself, see test_glmm_first_principles.
WRONG = {("dat.li2007", "CM.EL", "EE")}
#: Data sets for which lme4 stops below the maximum of UM.RS, as its penalised least squares end at a relative change of
#: 1e-7: log-likelihoods 3e-7 to 5e-5 below ours. Their numerical Hessians go wrong by more, standard errors by up to
#: 0.7%; see test_random_intercepts for these data sets, counted out.
SHORT = ("dat.bcg", "dat.collins1985a", "dat.lee2004", "dat.yusuf1985_t6")


def fate(name: str, record: golden.Record) -> str:
    """What becomes of a record."""
    if "error" in record:
        return "metafor refused"
    if record.get("model") == "UM.RS" and name in SHORT:
        return "lme4 stopped short"
    return "compared"


def answer(name: str, record: golden.Record) -> tuple[Studies, Fit]:
    model, options = MODELS[record["measure"], record.get("model")]
    chosen = studies(model, *dataset(name, record))
    return chosen, fit(model, chosen, method=record["method"], points=record["nAGQ"], **options)


def test_the_grid_of_records_is_complete() -> None:
    fates = Counter(fate(name, record) for name, record in golden.records("glmm"))
    assert fates == {"compared": 115, "lme4 stopped short": 8, "metafor refused": 1}


@pytest.mark.parametrize("name", sorted({name for name, _ in golden.records("glmm")}))
def test_every_record_agrees_with_metafor(name: str) -> None:
    for dataset_name, record in golden.records("glmm"):
        if dataset_name != name or fate(name, record) != "compared":
            continue
        label = (name, record.get("model"), record["method"], record["nAGQ"])
        chosen, found = answer(name, record)
        assert found.converged
        assert chosen.k == record["k"]
        # Worst seen 5e-5, Laplace's approximation for dat.obrien2003_s14; 1.8e-5 otherwise, CM.EL next to tau² = 0.
        assert abs(found.estimate - record["beta"]) <= 6e-5, label
        if record["se"] is not None and (name, record.get("model"), record["method"]) not in WRONG:
            # Worst relative error seen: 1.5e-3, Laplace's approximation for dat.obrien2003_s14; CM.EL EE 8.4e-4, where
            # metafor's Hessian is numerical; all others 1.2e-4.
            laplace = record["nAGQ"] == 1 and record["method"] == "ML"
            assert golden.excess(found.standard_error, record["se"], 2e-3 if laplace else 1e-3) <= 1, label
        tau2 = 0.0 if found.tau2 is None else found.tau2
        # Worst seen 3.7e-5, Laplace's approximation; 1.7e-5 where ours is 0; relative 1e-5 where tau² is 34.
        assert golden.excess(tau2, record["tau2"], 2e-5, 4e-5) <= 1, label
        if record["method"] == "ML":
            ours = derived(chosen, found, i2_basis="tau2")
            # Worst seen 2.1e-3 percentage points, where our tau² is 0 and metafor's 1.7e-5.
            assert abs(ours.i2 - record["I2"]) <= 3e-3, label


@pytest.mark.parametrize("name", sorted({name for name, _ in golden.records("glmm")}))
def test_tests_of_heterogeneity_agree_with_metafor(name: str) -> None:
    for dataset_name, record in golden.records("glmm"):
        if dataset_name != name or fate(name, record) != "compared":
            continue
        if record.get("model") == "UM.RS":
            continue  # below, by itself
        _, found = answer(name, record)
        ratio, wald = found.tests[LIKELIHOOD_RATIO], found.tests[WALD]
        # Worst relative errors seen 9e-10 (CM.EL of dat.cannon2006) and, of P, 2e-9.
        assert golden.excess(ratio.statistic, record["QE_LRT"], 2e-9) <= 1
        assert golden.excess(ratio.p_value, record["QEp_LRT"], 5e-9) <= 1
        assert ratio.df == record["QE_df"]
        if record["measure"] == "OR" and record["model"] == "CM.EL":
            continue  # metafor inverts a numerical Hessian here: 268.6 for dat.bcg, against 163.1 and UM.FS's 163.2
        # Worst seen 2e-5 (dat.nielweise2008) and 9e-6 relative: lme4 and glm stop early where an estimate is infinite.
        assert golden.excess(wald.statistic, record["QE_Wld"], 1e-5, 4e-5) <= 1
        assert wald.df is not None
        # Studies without an estimate of their own add nothing and are not counted; metafor counts them.
        assert wald.df <= record["QE_df"]


def test_log_likelihoods_agree_with_metafor_where_it_has_the_marginal_one() -> None:
    """With random effects fitted by lme4, metafor prints the likelihood given the modes of the random effects."""
    compared = 0
    for name, record in golden.records("glmm"):
        if fate(name, record) != "compared":
            continue
        if record.get("model") == "UM.RS":
            continue  # below, by itself
        by_lme4 = record["method"] == "ML" and (record["measure"], record.get("model")) != ("OR", "CM.EL")
        if by_lme4 and record["tau2"] > 1e-12:
            continue
        _, found = answer(name, record)
        # Worst seen 5e-5, CM.EL next to tau² = 0, where metafor's is the lower one; else 4e-7 relative.
        assert abs(found.parameters["log-likelihood"] - record["ll"]) <= 6e-5, (name, record.get("model"))
        compared += 1
    assert compared == 59


def test_random_intercepts_agree_with_metafor_or_have_a_higher_likelihood() -> None:
    seen = 0
    for name, record in golden.records("glmm"):
        if record.get("model") != "UM.RS":
            continue
        seen += 1
        chosen, found = answer(name, record)
        label = (name, record["method"])
        assert (bool(found.converged), chosen.k) == (True, record["k"])
        gain = found.parameters["log-likelihood"] - record["ll"]
        # Never lower but for rounding, -2e-15. Worst seen above: 5e-5 where lme4 stops short, else 2.5e-6.
        assert -1e-9 <= gain <= (6e-5 if name in SHORT else 3e-6), label
        assert (gain > 1e-7) or name not in SHORT, label
        if name not in SHORT:
            # Worst seen 9.3e-6, dat.viechtbauer2021.
            assert golden.excess(found.parameters["sigma2"], record["sigma2"], 1e-5, 1e-5) <= 1, label
        ratio, wald = found.tests[LIKELIHOOD_RATIO], found.tests[WALD]
        # Worst relative errors seen 7e-6 (dat.yusuf1985_t6) and, of P, 6e-5: both of its likelihoods stop short.
        assert golden.excess(ratio.statistic, record["QE_LRT"], 1e-5) <= 1, label
        assert golden.excess(ratio.p_value, record["QEp_LRT"], 1e-4) <= 1, label
        assert ratio.df == record["QE_df"]
        # Worst seen 4e-3: metafor has a numerical Hessian, and where that is singular (dat.li2007, dat.nielweise2007)
        # leaves out that sigma is unknown. See test_random_intercepts.
        assert golden.excess(wald.statistic, record["QE_Wld"], 5e-3) <= 1, label
        assert wald.df is not None
        assert wald.df <= record["QE_df"]
    assert seen == 24


def test_metafor_refuses_one_record_that_has_a_number() -> None:
    ((name, record),) = [item for item in golden.records("glmm") if "error" in item[1]]
    _, found = answer(name, record)
    assert (name, record["model"], record["method"]) == ("dat.cannon2006", "CM.EL", "ML")
    assert (found.tau2, bool(found.converged)) == (0.0, True)
    common = fit(MODELS["OR", "CM.EL"][0], studies(MODELS["OR", "CM.EL"][0], *dataset(name, record)), method="EE")
    assert (found.estimate, found.standard_error) == (common.estimate, common.standard_error)
    assert np.isfinite(found.estimate)
