# Seconds per interval of tau² by the Q-profile, metafor's confint in a loop with its own settings, fits not timed.
# Usage: Rscript heterogeneity.R data.csv results.csv; data.csv has the columns fit, yi, vi.
# The results are written after solving again, untimed, with a tolerance tight enough for comparison.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
fits <- lapply(split(data, data$fit), function(set) rma(yi, vi, data = set, method = "DL"))

limits <- function(fit, control) {
  found <- suppressWarnings(confint(fit, type = "QP", control = control))$random
  c(found[1, 2], found[1, 3])
}

invisible(limits(fits[[1]], list())) # compiled before it is timed
started <- proc.time()[["elapsed"]]
invisible(vapply(fits, limits, numeric(2), control = list()))
seconds <- proc.time()[["elapsed"]] - started
tight <- vapply(fits, limits, numeric(2), control = list(tol = 1e-12, maxiter = 10000))
write.csv(t(tight), paths[2], row.names = FALSE)
cat(seconds / length(fits), as.character(packageVersion("metafor")), R.version$major, R.version$minor, "\n")
