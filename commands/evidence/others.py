"""What is sent in a 1:1 chat and is neither text nor picture: one answer, never silence."""

from commands.chat.messages import Reply
from commands.chat.requests import Request, command
from commands.wording.sentences import say_first


@command("unheard", internal=True, planless=True)
def unheard(request: Request, _tx: object) -> Reply:
    """A voice, video, sticker or place: say that it cannot be taken, and what can."""
    return Reply(text=say_first(f"unheard.{request.incoming.brings}", "unheard.other"))
