# Spending boundaries by rpact: Rscript spending_boundaries.R > ../spending_boundaries.json (then Inf is set to null).
# Debian 12: r-cran-rpact 3.3.4, R 4.2.2. The designs with futility take rpact some minutes each.
suppressMessages(library(rpact))

numbers <- function(x) paste0("[", paste(ifelse(is.na(x), "0", sprintf("%.10f", x)), collapse = ", "), "]")

record <- function(share, alpha, beta, type, futility, tolerance) {
    arguments <- list(informationRates = share, alpha = alpha, sided = 2, typeOfDesign = type, tolerance = tolerance)
    if (futility != "none") {
        arguments <- c(arguments, list(beta = beta, typeBetaSpending = futility, bindingFutility = FALSE,
                                       betaAdjustment = FALSE))
    }
    x <- suppressWarnings(do.call(getDesignGroupSequential, arguments))
    told <- sprintf('{"alpha": %g, "spending": "%s", "share": %s, "outer": %s', alpha, type, numbers(share),
                    numbers(x$criticalValues))
    if (futility == "none") return(paste0(told, "}"))
    y <- getDesignCharacteristics(x)
    sprintf('%s, "beta": %g, "futility": "%s", "inner": %s, "drift": %.12f, "power": %s}', told, beta, futility,
            numbers(x$futilityBounds), sqrt(y$shift), numbers(y$power))
}

equal <- lapply(c(1, 2, 3, 5, 8, 10), function(k) (1:k) / k)
uneven <- list(c(.3, .4, .8, 1), c(.1, .5, .55, .9, 1), c(.05, .5))
found <- character()
for (share in c(equal, uneven)) for (type in c("asOF", "asP")) for (alpha in c(.01, .05, .1)) {
    found <- c(found, record(share, alpha, 0, type, "none", 1e-10))
}
for (share in list((1:2) / 2, (1:3) / 3, (1:5) / 5)) {
    for (type in c("asOF", "asP")) for (futility in c("bsOF", "bsP")) {
        found <- c(found, record(share, .05, .1, type, futility, 1e-10))
    }
}
cat("[\n", paste(found, collapse = ",\n"), "\n]\n", sep = "")
