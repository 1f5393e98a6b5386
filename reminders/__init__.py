"""Reminders of what is owed, when and to whom: pure planning, and the tick that sends them."""
