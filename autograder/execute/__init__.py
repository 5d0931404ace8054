"""Run the cells of one notebook: a pure function from a `Job` to an `Outcome`."""
