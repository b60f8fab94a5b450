"""Arms of one study put together: their patients as one group, as if the report had printed it.

The way that the Cochrane Handbook prefers where a study has several arms that belong on one side of a comparison
(version 6, section 23.3.4): nobody is counted twice and nobody is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

#: Numbers of one arm by name, as measures know them.
Arm = Mapping[str, float]


def together(arms: Sequence[Arm]) -> dict[str, float]:
    """The numbers of one group that consists of the patients of some arms; empty where they cannot be put together.

    Counts, people and person-time add up. Mean and standard deviation are those of all values taken together:
    N = Σ n, M = Σ n m / N, SD² = (Σ (n - 1) s² + Σ n (m - M)²) / (N - 1), of which the two-group formula of the
    Handbook (Table 6.5.a) is a case. A name is given only if every arm has it.
    """
    known = {name for name in ("events", "n", "time") if all(name in arm for arm in arms)}
    found = {name: math.fsum(arm[name] for arm in arms) for name in known}
    if "n" in known and all("mean" in arm and "sd" in arm for arm in arms) and found["n"] > 1:
        size = found["n"]
        mean = math.fsum(arm["n"] * arm["mean"] for arm in arms) / size
        within = math.fsum((arm["n"] - 1) * arm["sd"] ** 2 for arm in arms)
        between = math.fsum(arm["n"] * (arm["mean"] - mean) ** 2 for arm in arms)
        found |= {"mean": mean, "sd": math.sqrt((within + between) / (size - 1))}
    for name in ("events", "mean"):
        if name not in found and any(name in arm for arm in arms):
            return {}
    return found
