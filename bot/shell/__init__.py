"""The subcommands of `promobot` that do their work and end, one module a subject."""
