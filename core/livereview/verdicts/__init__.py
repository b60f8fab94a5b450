"""What an update means: verdicts by trigger, changed definitions, certainty, retractions."""
