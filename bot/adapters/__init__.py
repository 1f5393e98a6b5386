"""Platform adapters: each only translates, and is imported only when chosen."""
