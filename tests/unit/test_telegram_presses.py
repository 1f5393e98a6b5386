"""A press that is not as the Bot API describes it turns no box and raises nothing."""

from typing import Any, cast

import pytest

from bot.adapters.telegram import marks
from bot.adapters.telegram.driver import Driver
from bot.adapters.telegram.presses import Presses

CARD = {"chat": {"id": 1}, "message_id": 2}


@pytest.mark.parametrize(
    "query",
    [
        None,
        "press",
        {"data": "+1", "message": CARD},
        {"id": 7, "data": "+1", "message": CARD},
        {"id": "q", "data": ["+1"], "message": CARD},
        {"id": "q", "data": "+1", "message": {"chat": {}, "message_id": 2}},
        {"id": "q", "data": "+1", "message": {"chat": {"id": [1]}, "message_id": {}}},
        {"id": "q", "data": "得分", "message": CARD},
    ],
)
async def test_what_is_no_press_on_a_box_is_left_to_others(query: Any) -> None:
    presses = Presses(cast("Driver", None), 0.0)
    assert not await presses.ticked({"update_id": 1, "callback_query": query})


@pytest.mark.parametrize(
    "markup",
    [
        None,
        7,
        [],
        {},
        {"inline_keyboard": 7},
        {"inline_keyboard": [7, [8, {}, {"callback_data": 1}]]},
    ],
)
def test_what_is_no_keyboard_has_no_boxes(markup: object) -> None:
    rows = marks.after("+1", markup)["inline_keyboard"]
    assert [key for row in rows for key in row] == []
    assert marks.said("=通过", markup).startswith("通过")
