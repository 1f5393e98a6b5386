"""Twenty commands a minute are fine; more is asked once to slow down, then not heard."""

from bot.services.patience import MOST, Patience


def moods(patience: Patience, times: list[int], person: str = "a") -> list[str]:
    return [patience.mood(person, at) for at in times]


def test_twenty_commands_in_a_minute_are_answered() -> None:
    assert moods(Patience(), [0] * MOST) == ["fine"] * MOST


def test_the_next_one_is_warned_and_then_silence_falls_for_a_minute() -> None:
    patience = Patience()
    moods(patience, [0] * MOST)
    assert moods(patience, [30, 31, 89, 90]) == ["warn", "silent", "silent", "fine"]


def test_a_steady_pace_is_never_too_much() -> None:
    assert set(moods(Patience(), list(range(0, 600, 3)))) == {"fine"}


def test_one_person_does_not_spend_another_ones_patience() -> None:
    patience = Patience()
    moods(patience, [0] * (MOST + 1))
    assert patience.mood("b", 0) == "fine"


def test_patience_can_be_endless() -> None:
    assert set(moods(Patience(None), [0] * 100)) == {"fine"}
