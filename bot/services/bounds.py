"""What an event may bring: texts, names and files cut to size and cleaned at the door."""

from dataclasses import replace

from bot.services.names import file_name, shown_name
from commands.chat.messages import MAX_FILE, Incoming, is_picture
from commands.grammar.phones import without_phones

MAX_RAW = 64 * 1024
"""Characters of a text that are looked at; the rest is cut off."""


def bounded(incoming: Incoming) -> Incoming:
    """Return the event, all oversized cut off and the names that others chose cleaned."""
    if len(incoming.text) > MAX_RAW or len(incoming.quote) > MAX_RAW:
        incoming = replace(incoming, text=incoming.text[:MAX_RAW], quote=incoming.quote[:MAX_RAW])
    if incoming.file is not None and len(incoming.file.data) > MAX_FILE:
        incoming = replace(incoming, file=None, file_too_big=True)
    # A name in the app or of a group is shown and stored, so it holds no number from here on.
    if (name := incoming.author_name) and (shown := without_phones(shown_name(name))) != name:
        incoming = replace(incoming, author_name=shown)
    chat = incoming.chat
    if chat.title and (title := without_phones(shown_name(chat.title))) != chat.title:
        incoming = replace(incoming, chat=replace(chat, title=title))
    file = incoming.file
    if file is not None and (named := file_name(file.name)) != file.name:
        incoming = replace(incoming, file=replace(file, name=named))
    if file is not None and not incoming.brings and is_picture(file.name):
        incoming = replace(incoming, brings="picture")
    return incoming
