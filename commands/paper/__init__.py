"""The month on paper: what goes into the report, and the files it becomes."""
