"""Past states of a review: rebuilt as they were, and replayed by the days of publication."""
