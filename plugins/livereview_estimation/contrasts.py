"""Which effect measures compare two arms: P values of studies, and tests of no effect, exist for them alone."""

from __future__ import annotations

#: Codes of the measures of one arm, which have no value of no effect.
ONE_ARM = frozenset({"PR", "PLN", "PLO", "PAS", "PFT", "IR", "IRLN", "MN", "GEN1", "SURV", "SURVLL"})
