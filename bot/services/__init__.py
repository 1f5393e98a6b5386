"""Services around a message: gateway, delivery, jobs, patience and menus."""
