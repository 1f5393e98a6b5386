"""The process: settings, shell, gateway (events -> commands),
delivery (outbox -> platforms), pages.

asyncio lives here and nowhere below. Nothing here knows a rule, a word or a table of its own.
"""
