"""The signed-in pages: what the office looks at and works in, beside the chats.

Imported only where `PROMOBOT_WEB_URL` is set.
"""
