"""The demonstration school: three invented weeks of it, spoken through the gateway."""
