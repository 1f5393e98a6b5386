"""What the office sets: settings, calendar, grants, oversight, reminders, quiet times."""
