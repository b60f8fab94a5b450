# Draws the plots of a review with metafor to PNG: forest plots (subgroups with their own polygons), funnel plots,
# leave-one-out and cumulative forest plots, Baujat plots and influence plots.
# Usage: Rscript figures.R data.csv results.csv FOLDER DPI; data.csv has a row per study and plot: plot, kind, group,
# yi, vi, width, height (inches). Printed: version of metafor, version of R. results.csv: the number of plots drawn.
suppressPackageStartupMessages(library(metafor))
paths <- commandArgs(TRUE)
data <- read.csv(paths[1])
folder <- paths[3]
dpi <- as.numeric(paths[4])
cat(as.character(packageVersion("metafor")), paste(R.version$major, R.version$minor, sep = "."), "\n")

fit <- function(set) suppressWarnings(tryCatch(rma(yi, vi, data = set), error = function(e) rma(yi, vi, data = set, method = "DL")))

divided <- function(set, whole) {
  set <- set[order(set$group), ]
  groups <- unique(set$group)
  rows <- integer(0)
  ends <- integer(0)
  at <- nrow(set) + 3 * length(groups)
  for (group in groups) {
    k <- sum(set$group == group)
    rows <- c(rows, at - seq_len(k))
    ends <- c(ends, at - k - 1)
    at <- at - k - 3
  }
  forest(fit(set), rows = rows, ylim = c(-1.5, nrow(set) + 3 * length(groups) + 2), addpred = TRUE)
  for (i in seq_along(groups)) {
    members <- set[set$group == groups[i], ]
    if (nrow(members) > 1) addpoly(fit(members), row = ends[i])
  }
}

kinds <- c("forest", "funnel", "leave-one-out", "cumulative", "baujat", "influence")
drawn <- 0
for (set in split(data, data$plot)) {
  whole <- fit(set)
  png(file.path(folder, paste0(set$plot[1], ".png")), width = set$width[1], height = set$height[1], units = "in", res = dpi)
  done <- tryCatch({
    switch(kinds[set$kind[1] + 1],
      "forest" = if (length(unique(set$group)) > 1) divided(set, whole) else forest(whole, addpred = TRUE),
      "funnel" = funnel(whole, level = c(90, 95, 99), shade = c("white", "gray75", "gray90"), refline = 0),
      "leave-one-out" = { all <- leave1out(whole); forest(all$estimate, sei = all$se, header = TRUE) },
      "cumulative" = forest(cumul(whole)),
      "baujat" = baujat(whole),
      "influence" = plot(influence(whole))
    )
    TRUE
  }, error = function(e) { message(kinds[set$kind[1] + 1], ": ", conditionMessage(e)); FALSE })
  invisible(dev.off())
  drawn <- drawn + done
}
write.csv(data.frame(drawn = drawn), paths[2], row.names = FALSE)
