"""What a browser gets: one HTML, one CSS and one JS file, the checks in front of them, and the
updates for an open page. Nothing here knows a command or a rule.
"""
