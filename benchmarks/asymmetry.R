# Seconds per fit of metafor's regtest, trimfill and selmodel, with their own settings, one review after another.
# Usage: Rscript asymmetry.R data.csv results.csv; data.csv has the columns review, yi, vi.
# Printed: version of metafor, version of R, then name, seconds, number of reviews and number failed.
# Results: one row per review: z of regtest, k0 and estimate of trimfill, log likelihood of selmodel.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
sets <- split(data, data$review)
cat(as.character(packageVersion("metafor")), paste(R.version$major, R.version$minor, sep = "."), "\n")

fit <- function(set, method) rma(yi, vi, data = set, method = method)
calls <- list(
  regtest = function(set) regtest(fit(set, "REML"))$zval,
  trimfill = function(set) {
    found <- trimfill(fit(set, "DL"))
    c(found$k0, found$beta)
  },
  selmodel = function(set) {
    found <- selmodel(fit(set, "ML"), type = "stepfun", steps = 0.025, alternative = "greater")
    if (max(found$delta) > 99) NA else found$fit.stats["ll", "ML"]
  }
)
size <- c(regtest = 1, trimfill = 2, selmodel = 1)
columns <- list()
for (name in names(calls)) {
  one <- function(set) tryCatch(suppressWarnings(calls[[name]](set)), error = function(e) rep(NA_real_, size[[name]]))
  invisible(one(sets[[1]])) # compiled before it is timed
  seconds <- system.time(found <- lapply(sets, one))[["elapsed"]]
  cat(name, seconds, length(sets), sum(vapply(found, function(x) anyNA(x), NA)), "\n")
  columns[[name]] <- do.call(rbind, found)
}
write.csv(do.call(cbind, columns), paths[2], row.names = FALSE)
