"""What a browser is given: one HTML, one CSS and one JS file, and the door in front of them.

Nothing here knows a chat, a word or a rule.
"""
