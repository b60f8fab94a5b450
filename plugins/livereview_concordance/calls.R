# Runs calls of metafor and writes what they find.
# Usage: Rscript calls.R studies.csv calls.csv results.csv
# studies.csv holds a column of numbers for each name, one row per study. calls.csv has the columns call, fun, argument,
# kind, value: one row per argument. Nothing of either file is evaluated: functions come from the list below, arguments
# are numbers, texts, flags or columns of studies.csv; several numbers or texts are parted by blanks.
# results.csv has the columns call, quantity, index, value, text; the call "" tells of R and metafor.

paths <- commandArgs(TRUE)
allowed <- c("escalc", "rma.uni", "rma.mh", "rma.peto", "rma.glmm", "hc", "regtest", "ranktest")
found <- new.env()
found$rows <- list()

keep <- function(call, quantity, values, text = "") {
  values <- as.numeric(unlist(values))
  if (length(values) == 0) values <- NA_real_
  found$rows[[length(found$rows) + 1]] <- data.frame(
    call = call, quantity = quantity, index = seq_along(values) - 1, value = sprintf("%.17g", values), text = text
  )
}

finish <- function() {
  write.csv(do.call(rbind, found$rows), paths[3], row.names = FALSE, fileEncoding = "UTF-8")
  quit(save = "no", status = 0)
}

keep("", "R", NA, paste(R.version$major, R.version$minor, sep = "."))
if (!requireNamespace("metafor", quietly = TRUE)) {
  keep("", "missing", NA, "metafor")
  finish()
}
keep("", "metafor", NA, as.character(packageVersion("metafor")))

studies <- read.csv(paths[1], check.names = FALSE)
calls <- read.csv(paths[2], colClasses = "character", na.strings = character(0))

parted <- function(value) strsplit(value, " ", fixed = TRUE)[[1]]
argument <- function(kind, value) switch(
  kind,
  number = as.numeric(parted(value)),
  text = parted(value),
  flag = parted(value) == "TRUE",
  column = if (is.null(studies[[value]])) stop("no such column") else studies[[value]],
  stop("no such kind of argument")
)

# An argument called LIST/NAME is an element of a list, to any depth.
placed <- function(all, path, value) {
  if (length(path) > 1) value <- placed(if (is.null(all[[path[1]]])) list() else all[[path[1]]], path[-1], value)
  all[[path[1]]] <- value
  all
}
arguments <- function(rows) {
  all <- list()
  for (i in seq_len(nrow(rows))) {
    value <- argument(rows$kind[i], rows$value[i])
    all <- placed(all, strsplit(rows$argument[i], "/", fixed = TRUE)[[1]], value)
  }
  all
}

tell <- function(call, fit) UseMethod("tell", fit)

tell.escalc <- function(call, fit) {
  keep(call, "effects", fit$yi)
  keep(call, "variances", fit$vi)
}

tell.rma <- function(call, fit) {
  keep(call, "studies", fit$k)
  keep(call, "estimate", fit$beta)
  keep(call, "standard_error", fit$se)
  keep(call, "ci_low", fit$ci.lb)
  keep(call, "ci_high", fit$ci.ub)
  keep(call, "statistic", fit$zval)
  keep(call, "p_value", fit$pval)
  if (!inherits(fit, "rma.glmm")) {
    keep(call, "q", fit$QE)
    keep(call, "q_p", fit$QEp)
    keep(call, "i2", fit$I2)
    keep(call, "weights", weights(fit) / 100)
  }
  if (inherits(fit, "rma.mh") && !is.null(fit$MH) && length(fit$MH)) {
    keep(call, "association", fit$MH)
    keep(call, "association_p", fit$MHp)
    keep(call, "breslow_day", fit$BD)
    keep(call, "breslow_day_p", fit$BDp)
    keep(call, "tarone", fit$TA)
    keep(call, "tarone_p", fit$TAp)
  }
  if (inherits(fit, "rma.glmm")) {
    keep(call, "likelihood_ratio", fit$QE.LRT)
    keep(call, "likelihood_ratio_p", fit$QEp.LRT)
    keep(call, "wald", fit$QE.Wld)
    keep(call, "wald_p", fit$QEp.Wld)
    keep(call, "log_likelihood", fit$fit.stats["ll", 1])
  }
  if (is.element(fit$method, c("EE", "FE", "CE"))) return(invisible())
  keep(call, "tau2", fit$tau2)
  interval <- predict(fit)
  keep(call, "prediction_low", interval$pi.lb)
  keep(call, "prediction_high", interval$pi.ub)
  if (inherits(fit, "rma.uni") && !isTRUE(fit$tau2.fix)) {
    limits <- tryCatch(confint(fit, control = list(tol = 1e-12, maxiter = 10000))$random, error = function(e) NULL)
    if (!is.null(limits)) {
      keep(call, "tau2_low", limits[1, "ci.lb"])
      keep(call, "tau2_high", limits[1, "ci.ub"])
    }
  }
}

tell.hc.rma.uni <- function(call, fit) {
  keep(call, "estimate", fit$beta)
  keep(call, "standard_error", fit$se)
  keep(call, "ci_low", fit$ci.lb)
  keep(call, "ci_high", fit$ci.ub)
  keep(call, "tau2", fit$tau2)
}

tell.regtest <- function(call, fit) {
  keep(call, "statistic", fit$zval)
  keep(call, "p_value", fit$pval)
}

tell.ranktest <- function(call, fit) {
  keep(call, "tau", fit$tau)
  keep(call, "p_value", fit$pval)
}

run <- function(name) {
  rows <- calls[calls$call == name, ]
  if (!is.element(rows$fun[1], allowed)) stop("no such function")
  given <- arguments(rows)
  if (rows$fun[1] == "hc") {
    return(metafor::hc(do.call(metafor::rma.uni, given), control = list(tol = 1e-12, maxiter = 10000)))
  }
  do.call(getExportedValue("metafor", rows$fun[1]), given)
}

for (name in unique(calls$call)) {
  tryCatch(
    withCallingHandlers(
      tell(name, run(name)),
      warning = function(w) {
        keep(name, "warning", NA, conditionMessage(w))
        invokeRestart("muffleWarning")
      },
      message = function(m) invokeRestart("muffleMessage")
    ),
    error = function(e) keep(name, "error", NA, conditionMessage(e))
  )
}
finish()
