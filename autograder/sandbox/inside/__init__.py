"""What runs inside the sandbox before and beneath untrusted code: the standard library only."""
