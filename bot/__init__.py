"""The process: settings, shell, gateway (events -> commands), delivery (outbox -> platforms)
and pages.

asyncio is used here and nowhere below. Nothing here defines a rule, a command word or a table.
"""
