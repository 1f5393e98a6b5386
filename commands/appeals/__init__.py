"""Appeals and doubts: raising one, answering it, and how it shows on scores."""
