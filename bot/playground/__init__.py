"""The school to try things in: its page, its console, its demonstration, and replay."""
