"""Forest plots and the series in their form: leave-one-out, cumulative."""
