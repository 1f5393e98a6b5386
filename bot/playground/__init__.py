"""A demonstration school to try things in: its page, console and history, and replay."""
