"""Absolute effects from a relative effect and a baseline risk: formulas, baselines, words; one place for all who print
them. Risks are 0-1, effects on the analysis scale."""
