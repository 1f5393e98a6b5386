"""One module a platform: each translates and nothing else, and is imported only when chosen."""
