"""What a browser is given: one HTML, one CSS and one JS file, the door in front of them, and what
an open page is told. Nothing here knows a word or a rule.
"""
