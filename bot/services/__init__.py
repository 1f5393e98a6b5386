"""What carries a message: gateway, delivery, jobs, patience and menus."""
