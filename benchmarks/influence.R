# Seconds of processor time of metafor's gosh, leave1out, cumul and influence, with their own settings, one review after another.
# Usage: Rscript influence.R data.csv results.csv; data.csv has the columns review, yi, vi. gosh sees the first review only.
# Printed: version of metafor, version of R, then name, seconds, number of calls (subsets or reviews) and number failed.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
sets <- split(data, data$review)
cat(as.character(packageVersion("metafor")), paste(R.version$major, R.version$minor, sep = "."), "\n")

fit <- function(set, method, test = "z", control = list()) rma(yi, vi, data = set, method = method, test = test, control = control)

# The fastest of several runs, and what the last one returned.
timed <- function(call, runs) {
  seconds <- Inf
  for (run in seq_len(runs)) {
    started <- sum(proc.time()[c("user.self", "sys.self")])
    found <- call()
    seconds <- min(seconds, sum(proc.time()[c("user.self", "sys.self")]) - started)
  }
  list(seconds = seconds, found = found)
}

for (method in c("EE", "DL", "REML")) {
  whole <- fit(sets[[1]], method)
  run <- timed(function() gosh(whole, progbar = FALSE), if (method == "REML") 1 else 3)
  cat(paste0("gosh-", method), run$seconds, nrow(run$found$res), 0, "\n")
}
calls <- list(
  leave1out = function(set) leave1out(fit(set, "REML")),
  cumul = function(set) cumul(fit(set, "REML")),
  influence = function(set) influence(fit(set, "REML", "knha"))
)
for (name in names(calls)) {
  one <- function(set) tryCatch(suppressWarnings(calls[[name]](set)), error = function(e) NULL)
  invisible(one(sets[[1]])) # compiled before it is timed
  run <- timed(function() lapply(sets, one), 3)
  cat(name, run$seconds, length(sets), sum(vapply(run$found, is.null, NA)), "\n")
}

# For comparison, untimed: Cook's distances with a stopping rule tight enough, and the mean of the subsets' estimates.
tight <- function(set) tryCatch(
  suppressWarnings(influence(fit(set, "REML", "knha", list(threshold = 1e-10, maxiter = 10000)))$inf$cook.d),
  error = function(e) rep(NA_real_, nrow(set))
)
write.csv(do.call(rbind, lapply(sets, tight)), paths[2], row.names = FALSE)
