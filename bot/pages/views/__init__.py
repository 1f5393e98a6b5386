"""The pages one can look at: each a function over a visit and a snapshot, and its template."""
