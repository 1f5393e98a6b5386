"""An adapter is never given more than its platform can show."""

from dataclasses import replace

from bot.adapters.local import CAPABILITIES
from commands.chat.messages import Button, Chat, Outgoing, within

MESSAGE = Outgoing(
    key="k",
    chat=Chat(platform="local", id="staff", group=True),
    kind="notice",
    text="例：报新闻",
    buttons=(
        (Button(label="复制", says="报新闻", kind="copy"),),
        (Button(label="#12", says="#12", kind="tick"), Button(label="帮助", says="help")),
        (Button(label="通过勾选的", says="approve", kind="gather"),),
    ),
    asks=True,
    calls=(("u-li", "李静"),),
)
ALL = replace(CAPABILITIES, ticks=True, copies=True, asks=True, calls=True)
NONE = replace(CAPABILITIES, ticks=False, copies=False, asks=False, calls=False)


def test_a_platform_that_can_all_is_given_all() -> None:
    assert within(MESSAGE, ALL) == MESSAGE


def test_of_a_platform_that_can_nothing_the_text_and_plain_buttons_stay() -> None:
    left = within(MESSAGE, NONE)
    assert left.text == MESSAGE.text
    assert left.buttons == (
        (Button(label="帮助", says="help"),),
        (Button(label="通过勾选的", says="approve"),),
    )
    assert not left.asks
    assert left.calls == ()
