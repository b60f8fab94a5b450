"""Replication of published meta-analyses: each printed value recomputed from evidence, or why that cannot be done."""
