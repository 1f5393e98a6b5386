"""Lists of #numbers as ranges: to read, and to say again by a button."""

from collections.abc import Iterable, Iterator


def compact(numbers: Iterable[int]) -> str:
    """#34-37,#39: as short as 64 bytes of a button ask."""
    return ",".join(
        f"#{first}" if first == last else f"#{first}-{last}" for first, last in runs(numbers)
    )


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for number in sorted(numbers):
        if number == last + 1 and last >= 0:
            last = number
            continue
        if last >= 0:
            yield first, last
        first = last = number
    if last >= 0:
        yield first, last


def spans(numbers: Iterable[int]) -> str:
    """#9 #13 #16–#19, as ranges that can be typed again."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(f"#{a}" if a == b else f"#{a}–#{b}" for a, b in runs)
