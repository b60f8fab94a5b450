"""The audit of a review: what checks are given, how they are run, and how their findings are placed and ranked."""
