"""The evidence: what tables there are (schema), where they live (store), whether a number can be (checks)."""
