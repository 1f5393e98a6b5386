"""A platform nobody uses, added as docs/architecture.md says one is added.

It keeps that page true: whatever has to change outside of an adapter's own folder, its door, its
settings and its line in `db/platforms.py` shows up here first. The platform is rooms and events
over HTTP, as open chat protocols have them, with choices below a message.
"""
