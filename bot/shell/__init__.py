"""The subcommands of `promobot`, one module per subject."""
