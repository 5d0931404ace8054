"""Start a worker with as little reach as this machine allows."""
