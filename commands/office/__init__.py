"""What the office runs: settings, calendar, grants, oversight, reminders, quiet times."""
