"""Telegram gets plain text: nothing typed becomes markup, a preview or a mention of ours."""

import pytest

from bot.adapters.telegram.encode import calls_of
from commands.chat.messages import Button, Chat, File, Outgoing

TYPED = (
    '<a href="tg://user?id=1001">管理员</a> [x](tg://user?id=1001) **粗** '
    "https://evil.example/x &lt;b&gt; tg://user?id=1001"
)
CHAT = Chat(platform="telegram", id="-100", group=True)


@pytest.mark.parametrize("edits", ["", "7"])
def test_a_text_is_sent_as_it_is_without_markup_entities_or_preview(edits: str) -> None:
    buttons = ((Button(label="<b>是</b>", says="help"),),)
    files = (File(name="<b>.csv", data=b"x"),)
    message = Outgoing(
        key="k", chat=CHAT, kind="reply", text=TYPED, buttons=buttons, files=files, edits=edits
    )
    first, *others = calls_of(message)
    for params in (first.params, first.anew or first.params):
        assert params["text"] == TYPED
        assert params["link_preview_options"] == {"is_disabled": True}
    for call in (first, *others):
        assert not {"parse_mode", "entities", "caption", "caption_entities"} & call.params.keys()
