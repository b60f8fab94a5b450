"""What every figure is drawn with: pages of marks, their typeface, axes, tables beside a plot."""
