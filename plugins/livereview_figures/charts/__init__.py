"""The plots of further analyses."""
