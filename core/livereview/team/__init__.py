"""The work of several people on one thing: readings, ratings, adjudication, agreement."""
