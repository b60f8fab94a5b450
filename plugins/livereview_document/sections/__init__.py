"""The sections of a report, each built from what the report holds; none of them computes a number."""
