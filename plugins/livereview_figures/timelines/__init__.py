"""What a review would have said over time."""
