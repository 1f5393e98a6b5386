"""The groups in which the bot speaks unasked."""

from commands.chat.messages import Chat
from db import chats
from db.engine.tx import Reading

Places = tuple[tuple[Chat, str], ...]


def linked(tx: Reading) -> Places:
    """The linked groups, first linked first, each in its topic and with its unit ("": the whole
    school)."""
    return tuple(
        (
            Chat(
                platform=row.platform,
                id=row.chat,
                group=True,
                thread=row.thread,
                title=row.title,
            ),
            row.unit or "",
        )
        for row in chats.groups(tx)
    )
