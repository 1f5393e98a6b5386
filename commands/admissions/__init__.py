"""The admissions desk: leads to certify, their table, and erasure."""
