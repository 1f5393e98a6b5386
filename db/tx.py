"""The transaction as handlers see it. Placeholder of the interface; see Tx below."""
