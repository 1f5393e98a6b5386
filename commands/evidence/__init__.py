"""Pictures as evidence, and what else people send that is no text."""
