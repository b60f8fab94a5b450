"""Many reviews of one store: updated together, each only where its evidence changed; what they share."""
