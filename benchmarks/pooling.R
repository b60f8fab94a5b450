# Processor seconds per fit of metafor's rma (REML, Hartung-Knapp, prediction interval) in a loop, with its own settings.
# Usage: Rscript pooling.R data.csv results.csv repeats; data.csv has the columns fit, yi, vi; the fastest loop counts.
# The results are written after fitting again, untimed, with a stopping rule tight enough for comparison.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
sets <- split(data, data$fit)

numbers <- function(set, control) {
  fit <- tryCatch(
    suppressWarnings(rma(yi, vi, data = set, method = "REML", test = "knha", control = control)),
    error = function(e) NULL
  )
  if (is.null(fit)) return(rep(NA_real_, 4))
  interval <- predict(fit)
  c(fit$beta, fit$se, interval$pi.lb, interval$pi.ub)
}

invisible(numbers(sets[[1]], list())) # compiled before it is timed
seconds <- Inf
for (loop in seq_len(as.integer(paths[3]))) {
  started <- sum(proc.time()[c("user.self", "sys.self")])
  timed <- vapply(sets, numbers, numeric(4), control = list())
  seconds <- min(seconds, sum(proc.time()[c("user.self", "sys.self")]) - started)
}
tight <- vapply(sets, numbers, numeric(4), control = list(threshold = 1e-10, maxiter = 10000))
write.csv(t(tight), paths[2], row.names = FALSE)
cat(
  seconds / length(sets), sum(is.na(timed[1, ])), as.character(packageVersion("metafor")),
  R.version$major, R.version$minor, "\n"
)
