# Processor seconds of metafor's meta-regression (rma with a moderator, REML, Hartung-Knapp) in a loop, and of its permutation test,
# with its own settings. Usage: Rscript regression.R fits.csv permutation.csv results.csv; fits.csv has the columns
# fit, yi, vi, x, permutation.csv yi, vi, x. Results are written after fitting again, untimed, with a tight stopping rule.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
sets <- split(data, data$fit)

numbers <- function(set, control) {
  fit <- tryCatch(
    suppressWarnings(rma(yi, vi, mods = ~x, data = set, method = "REML", test = "knha", control = control)),
    error = function(e) NULL
  )
  if (is.null(fit)) return(rep(NA_real_, 5))
  c(fit$beta, fit$se, fit$QE)
}

seconds <- function(code) {
  started <- sum(proc.time()[1:2])
  force(code)
  sum(proc.time()[1:2]) - started
}

invisible(numbers(sets[[1]], list())) # compiled before it is timed
loop <- seconds(vapply(sets, numbers, numeric(5), control = list()))
tight <- vapply(sets, numbers, numeric(5), control = list(threshold = 1e-10, maxiter = 10000))
write.csv(t(tight), paths[3], row.names = FALSE)

set <- read.csv(paths[2])
mean <- rma(yi, vi, data = set, method = "REML")
signs <- seconds(flipped <- permutest(mean, exact = TRUE, progbar = FALSE))
exact <- permutest(
  rma(yi, vi, data = set, method = "REML", control = list(threshold = 1e-10, maxiter = 10000)),
  exact = TRUE, progbar = FALSE
)
line <- rma(yi, vi, mods = ~x, data = set, method = "REML")
orders <- seconds(permutest(line, iter = 1000, progbar = FALSE))
cat(
  loop / length(sets), signs, format(flipped$pval, digits = 15), format(exact$pval, digits = 15), orders / 1000, as.character(packageVersion("metafor")),
  R.version$major, R.version$minor, "\n"
)
