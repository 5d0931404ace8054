"""mlpkit: multilayer perceptrons in numpy, short enough to read in an evening."""
