"""What a unit owes, where it stands, and which reminders reached it."""
