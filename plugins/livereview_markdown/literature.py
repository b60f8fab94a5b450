"""Names of methods that choices may contain, with the literature that defines them.

A name is listed when a choice, a model, a measure or a test of the report mentions it; nothing is inferred from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_KNOWN = (
    (r"\bREML\b|restricted maximum likelihood", "Restricted maximum likelihood (REML) for tau²",
     "Viechtbauer 2005, J Educ Behav Stat 30:261", "10.3102/10769986030003261"),
    (r"DerSimonian|\bDL\b", "DerSimonian–Laird estimator of tau²",
     "DerSimonian and Laird 1986, Control Clin Trials 7:177", "10.1016/0197-2456(86)90046-2"),
    (r"Paule|\bPM\b", "Paule–Mandel estimator of tau²",
     "Paule and Mandel 1982, J Res Natl Bur Stand 87:377", "10.6028/jres.087.022"),
    (r"^tau2 ML$", "Maximum likelihood for tau²",
     "Hardy and Thompson 1996, Stat Med 15:619", None),
    (r"^tau2 EB$", "Empirical Bayes estimator of tau²",
     "Morris 1983, J Am Stat Assoc 78:47", "10.1080/01621459.1983.10477920"),
    (r"^tau2 SJ$", "Sidik–Jonkman estimator of tau²",
     "Sidik and Jonkman 2005, J R Stat Soc C 54:367", "10.1111/j.1467-9876.2005.00489.x"),
    (r"^tau2 HE$", "Hedges estimator of tau²", "Hedges and Olkin 1985, Statistical Methods for Meta-Analysis", None),
    (r"^tau2 HS$", "Hunter–Schmidt estimator of tau²", "Hunter and Schmidt 2004, Methods of Meta-Analysis", None),
    (r"Hartung|\bHKSJ\b|\bHK\b|knha", "Hartung–Knapp interval (t distribution, rescaled standard error)",
     "Hartung and Knapp 2001, Stat Med 20:3875", "10.1002/sim.1009"),
    (r"Mantel|\bMH\b", "Mantel–Haenszel weights",
     "Mantel and Haenszel 1959, J Natl Cancer Inst 22:719", "10.1093/jnci/22.4.719"),
    (r"\bPETO\b", "Peto's one-step odds ratio",
     "Yusuf et al. 1985, Prog Cardiovasc Dis 27:335", "10.1016/S0033-0620(85)80003-7"),
    (r"\bGLMM\b|generali[sz]ed linear mixed", "Generalised linear mixed model",
     "Stijnen, Hamza and Özdemir 2010, Stat Med 29:3046", "10.1002/sim.4040"),
    (r"Freeman|\bPFT\b", "Freeman–Tukey double arcsine transformation",
     "Freeman and Tukey 1950, Ann Math Stat 21:607", "10.1214/aoms/1177729756"),
    (r"Clopper", "Clopper–Pearson interval of a proportion",
     "Clopper and Pearson 1934, Biometrika 26:404", "10.1093/biomet/26.4.404"),
    (r"zero[ _-]cell|continuity correction", "Corrections for zero cells",
     "Sweeting, Sutton and Lambert 2004, Stat Med 23:1351", "10.1002/sim.1761"),
    (r"\begger\b", "Egger's regression test",
     "Egger et al. 1997, BMJ 315:629", "10.1136/bmj.315.7109.629"),
    (r"\bbegg\b", "Begg and Mazumdar's rank test",
     "Begg and Mazumdar 1994, Biometrics 50:1088", "10.2307/2533446"),
    (r"\bpeters\b", "Peters' regression test",
     "Peters et al. 2006, JAMA 295:676", "10.1001/jama.295.6.676"),
    (r"\bharbord\b", "Harbord's score test",
     "Harbord, Egger and Sterne 2006, Stat Med 25:3443", "10.1002/sim.2380"),
    (r"\bmacaskill\b", "Macaskill's regression test",
     "Macaskill, Walter and Irwig 2001, Stat Med 20:641", "10.1002/sim.698"),
)  # fmt: skip

#: What every report with a pooled result prints.
ALWAYS = (
    ("Cochran's Q", "Cochran 1954, Biometrics 10:101", "10.2307/3001666"),
    ("I² and H²", "Higgins and Thompson 2002, Stat Med 21:1539", "10.1002/sim.1186"),
)
PREDICTION = (
    "Prediction interval",
    "Higgins, Thompson and Spiegelhalter 2009, J R Stat Soc A 172:137",
    "10.1111/j.1467-985X.2008.00552.x",
)


def literature(words: Iterable[str]) -> list[tuple[str, str, str | None]]:
    """Method, citation and DOI of each known method that the words mention, in a fixed order."""
    said = "\n".join(words)
    return [
        (name, cited, doi)
        for pattern, name, cited, doi in _KNOWN
        if re.search(pattern, said, re.IGNORECASE | re.MULTILINE) is not None
    ]
