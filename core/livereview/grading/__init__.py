"""The summary of findings: absolute effects, drafted certainty, plain sentences. Nothing here signs anything."""
