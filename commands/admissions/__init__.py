"""The admissions desk: what waits to be certified, its table, and erasure."""
