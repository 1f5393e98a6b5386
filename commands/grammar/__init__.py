"""How a line is read: folding, slots, and one reader for each kind of slot."""
