"""Encodes one `Outgoing` into the bodies that WeCom's bot sends; pure.

What people typed is escaped for the format it goes into, Markdown or plain text with links, so
that it neither becomes markup nor mentions anybody. Buttons make a card whose title
is the first line, so that a quote of the card names the thing (C3). A card has at most six
buttons; a text too long for a card is sent before it. Options to tick make a card of their own.
"""

import hashlib
import re
from collections.abc import Iterator

from bot.adapters.parts import octets, parts
from bot.adapters.wecom.decode import key_of
from bot.adapters.wecom.line import Body, Paper
from commands.chat.errors import Refused
from commands.chat.messages import MOST_TICKS, Button, File, Outgoing

BOT = Paper(kind="markdown", limit=20_480)
APP = Paper(kind="text", limit=2_048)
WEBHOOK = Paper(kind="text", limit=2_048, buttons=False, calls=True)

MAX_TITLE = 26
MAX_SUB_TITLE = 112
MAX_BUTTONS = 6
QUESTION = "ticked"
"""The key of a card's only question."""

_TAGS = str.maketrans("<>", "＜＞")
_MARKS = str.maketrans("\\*`[]<>~|", "＼＊｀［］＜＞～｜")
_WIDE = str.maketrans("#-+=@&_", "＃－＋＝＠＆＿")
_NAMED = re.compile(r"@(?=[ \t]*(?:all|everyone|here|channel)\b|[ \t]*(?:所有人|全体成员))", re.I)
"""What could call everybody. A member is called by <@…>, which no text can hold."""
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]{1,32};)")
_LINE_STARTS = re.compile(
    r"^(?P<before>[ \t]*)"
    r"(?P<mark>#{1,6}(?=[ \t]|$)|[-+](?=[ \t])|={3,}|-{3,}|_{3,}|(?:=+|-+)(?=[ \t]*$))",
    re.M,
)
_EMPHASIS = re.compile(r"(?<![0-9A-Za-z_])_+|_+(?![0-9A-Za-z_])")
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]+")

PICTURES = (".png", ".jpg", ".jpeg")
MOST_PICTURE = 5 * 1024 * 1024
"""Most bytes of a picture from a bot or an app; a larger one is sent as a file."""


def media(file: File) -> str:
    """Return WeCom's type of a file: image or file."""
    shown = file.name.lower().endswith(PICTURES) and len(file.data) <= MOST_PICTURE
    return "image" if shown else "file"


def bodies(message: Outgoing, paper: Paper = BOT) -> list[Body]:
    """Return the bodies of a message in order; raise Refused for what cannot be shown."""
    if not message.text.strip() and not message.files:
        raise Refused("nothing to say")
    given = [button for row in message.buttons for button in row if paper.buttons]
    if not all(button.fits for button in given):
        raise Refused("a button says too much or nothing")
    buttons = [button for button in given if button.kind == "say"]
    options = [button for button in given if button.kind != "say"]
    if buttons and not options and fits(message.text):
        return list(_cards(message.text, buttons, message.key))
    texts = [written(part, paper) for part in split(message.text, paper)]
    if paper.calls and message.sole and message.calls and texts:
        texts[0][paper.kind]["mentioned_list"] = [account for account, _ in message.calls]
    first = message.text.split("\n")[0]
    return [
        *texts,
        *([_choice(first, options, message.key)] if options else ()),
        *(_cards(first, buttons, message.key) if buttons else ()),
    ]


def fits(text: str) -> bool:
    """Return whether a card can show all of the text."""
    title, _, rest = text.partition("\n")
    return len(title) <= MAX_TITLE and len(rest) <= MAX_SUB_TITLE


def turns(message: Outgoing) -> bool:
    """Return whether a pressed card can become the message."""
    plain = all(button.kind == "say" for row in message.buttons for button in row)
    return plain and fits(message.text)


def written(text: str, paper: Paper) -> Body:
    """Return a text as a body, everything people typed escaped."""
    return {"msgtype": paper.kind, paper.kind: {"content": _shown(text, paper)}}


def _shown(text: str, paper: Paper) -> str:
    return plain(text) if paper.kind == "markdown" else untagged(text)


def untagged(text: str) -> str:
    """Escape a text for where only tags count: the texts of apps and webhooks, and cards."""
    return _uncalled(text.translate(_TAGS))


def plain(text: str) -> str:
    """Escape Markdown in a text; links stay links."""
    kept: list[str] = []
    end = 0
    for link in _LINK.finditer(text):
        kept += (_unmarked(text[end : link.start()]), link[0])
        end = link.end()
    return _uncalled("".join((*kept, _unmarked(text[end:]))))


def _uncalled(text: str) -> str:
    """Take the meaning from entities and from whatever calls everybody."""
    if "&" in text:
        text = _ENTITY.sub("＆", text)
    return _NAMED.sub("＠", text) if "@" in text else text


def _unmarked(text: str) -> str:
    text = text.translate(_MARKS)
    if "_" in text:
        text = _EMPHASIS.sub(lambda found: found[0].translate(_WIDE), text)
    return _LINE_STARTS.sub(lambda found: found["before"] + found["mark"].translate(_WIDE), text)


def split(text: str, paper: Paper = BOT) -> list[str]:
    """Split a text into parts within the paper's limit in bytes, at line ends where possible."""
    return parts(text, paper.limit, lambda part: octets(_shown(part, paper)))


CHOICE = 9
"""The place of a message's card with options; those with buttons come first."""


def task_of(key: str, place: int = 0) -> str:
    """Return the id that a press on a message's card reports. It is the same for the same
    message, so that one sent twice counts as one card."""
    return f"p{place}-{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"


def _cards(text: str, buttons: list[Button], key: str) -> Iterator[Body]:
    title, _, rest = text.partition("\n")
    for place, start in enumerate(range(0, len(buttons), MAX_BUTTONS)):
        some = buttons[start : start + MAX_BUTTONS]
        head = title if place == 0 else f"{title[: MAX_TITLE - 3]}（续）"
        yield {
            "msgtype": "template_card",
            "template_card": card(head, rest if place == 0 else "", some, task_of(key, place)),
        }


def _choice(title: str, options: list[Button], key: str) -> Body:
    """Return the card on which several options are ticked and sent with one button."""
    ticks = [one for one in options if one.kind == "tick"][:MOST_TICKS]
    gather = next(one for one in options if one.kind == "gather")
    chosen = [{"id": one.says, "text": untagged(one.label), "is_checked": False} for one in ticks]
    return {
        "msgtype": "template_card",
        "template_card": {
            "card_type": "vote_interaction",
            "task_id": task_of(key, CHOICE),
            "main_title": {"title": untagged(title)},
            "checkbox": {"question_key": QUESTION, "mode": 1, "option_list": chosen},
            "submit_button": {"text": untagged(gather.label), "key": key_of(0, gather.says)},
        },
    }


def card(title: str, rest: str, buttons: list[Button], task: str) -> Body:
    """Return a card with buttons; without any, a plain notice."""
    shown: Body = {
        "card_type": "button_interaction" if buttons else "text_notice",
        "task_id": task,
        "main_title": {"title": untagged(title)},
    }
    if rest:
        shown["sub_title_text"] = untagged(rest)
    if buttons:
        shown["button_list"] = [
            {
                "text": untagged(button.label),
                "style": 1 if place == 0 else 2,
                "key": key_of(place, button.says),
            }
            for place, button in enumerate(buttons)
        ]
    else:
        shown["card_action"] = {"type": 1, "url": "https://work.weixin.qq.com/"}
    return shown
