"""What the author of an adapter needs for its tests, in one place.

- `AdapterContract` over a `Harness`: what every adapter must do; `Aside`, `Copying`, `Asking`,
  `Calling`, `Showing`: what a harness has besides where the platform can more. `Inbox`,
  `listening`, `said`, `fetched` and `needs` are for what is this platform's alone.
- `Loopback`: the life of an emulator; `START`: when its time begins.
- `VirtualClock`: a time that stands still until it is moved.
- `People` and `spoken`: the acceptance month spoken on the platform; `alike` compares its score.

tests/throwaway/ is an adapter made with nothing else.
"""

from bot.clock import VirtualClock
from tests.contract.adapter_contract import (
    CHOICE,
    YES_NO,
    AdapterContract,
    Aside,
    Asking,
    Calling,
    Copying,
    Harness,
    Inbox,
    Seen,
    Showing,
    fetched,
    listening,
    needs,
    said,
)
from tests.emulators.loopback import START, Loopback
from tests.worlds.spoken import MONTH, People, alike, spoken, start_of

__all__ = (
    "CHOICE",
    "MONTH",
    "START",
    "YES_NO",
    "AdapterContract",
    "Aside",
    "Asking",
    "Calling",
    "Copying",
    "Harness",
    "Inbox",
    "Loopback",
    "People",
    "Seen",
    "Showing",
    "VirtualClock",
    "alike",
    "fetched",
    "listening",
    "needs",
    "said",
    "spoken",
    "start_of",
)
