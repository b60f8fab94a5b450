# Seconds of processor time per fit of metafor's rma.glmm in a loop, with its own settings.
# Usage: Rscript counts.R data.csv results.csv measure model; data.csv has the column fit and those of the measure.
suppressPackageStartupMessages(library(metafor))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
measure <- arguments[3]
model <- arguments[4]
sets <- split(data, data$fit)

numbers <- function(set) {
  fit <- tryCatch(
    suppressWarnings(
      if (measure == "PLO") {
        rma.glmm(measure = "PLO", xi = events, ni = n, data = set)
      } else {
        rma.glmm(measure = "OR", ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = set, model = model)
      }
    ),
    error = function(e) NULL
  )
  if (is.null(fit)) rep(NA_real_, 3) else c(fit$beta, fit$se, fit$tau2)
}

invisible(numbers(sets[[1]])) # compiled before it is timed
started <- sum(proc.time()[1:2])
timed <- vapply(sets, numbers, numeric(3))
seconds <- sum(proc.time()[1:2]) - started
write.csv(t(timed), arguments[2], row.names = FALSE)
cat(
  seconds / length(sets), sum(is.na(timed[1, ])), as.character(packageVersion("metafor")),
  R.version$major, R.version$minor, "\n"
)
