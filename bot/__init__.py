"""The process: settings, shell, gateway, delivery, pages and the adapters to the platforms."""
