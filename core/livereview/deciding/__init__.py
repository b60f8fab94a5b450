"""People decide: on records that searches found, on pairs that look alike, on rows that sources propose."""
