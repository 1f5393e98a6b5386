"""Cutting a text that is too long for one message."""

from collections.abc import Callable, Iterator


def parts(text: str, limit: int, width: Callable[[str], int]) -> list[str]:
    """Cut a text into parts that are no wider than `limit`, at line ends where possible.

    `width` measures as the platform does; a line end is one wide. No character is split, and
    parts of only white space, which platforms refuse, are left out.
    """
    if width(text) <= limit:
        return [text] if text.strip() else []
    cut: list[list[str]] = [[]]
    used = 0
    for line in text.split("\n"):
        for index, piece in enumerate(_pieces(line, limit, width)):
            size = width(piece)
            # Only whole lines are joined by a line end; a cut line continues in the next part.
            if cut[-1] and (index > 0 or used + 1 + size > limit):
                cut.append([])
            used = used + 1 + size if cut[-1] else size
            cut[-1].append(piece)
    texts = ("\n".join(part) for part in cut)
    return [part for part in texts if part.strip()]


def _pieces(line: str, limit: int, width: Callable[[str], int]) -> Iterator[str]:
    while width(line) > limit:
        end = _longest(line, limit, width)
        yield line[:end]
        line = line[end:]
    yield line


def _longest(line: str, limit: int, width: Callable[[str], int]) -> int:
    """How many characters of a line fit; at least one. None is narrower than one."""
    fits, over = 1, limit + 1
    while over - fits > 1:
        middle = (fits + over) // 2
        if width(line[:middle]) <= limit:
            fits = middle
        else:
            over = middle
    return fits


def octets(text: str) -> int:
    """The width of a text in bytes."""
    return len(text.encode())
