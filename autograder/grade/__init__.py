"""Grade an assignment: prepare (trusted), execute (untrusted), record (trusted)."""
