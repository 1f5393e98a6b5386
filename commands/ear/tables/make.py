"""Make the two tables of characters beside this file. Needs pypinyin and OpenCC's dictionary,
neither of which the assistant needs to run:

    pip install pypinyin opencc-python-reimplemented
    python -m commands.ear.tables.make

`traditional.txt`: a traditional character and its simplified one, a pair a line. Characters of
GB 2312 stay, as they may be meant as they stand (著名). `sounds.txt`: a syllable without its
tone, and the characters of GB 2312 that are mostly read so.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    """Write both tables."""
    (HERE / "traditional.txt").write_text("\n".join(_traditional()) + "\n", "utf-8")
    (HERE / "sounds.txt").write_text("\n".join(_sounds()) + "\n", "utf-8")


def _characters() -> set[str]:
    """The 6,763 characters of GB 2312."""
    rows, places = range(0xB0, 0xF8), range(0xA1, 0xFF)
    codes = (bytes((row, place)) for row in rows for place in places)
    return {code.decode("gb2312", "ignore") for code in codes} - {""}


def _traditional() -> Iterator[str]:
    known = _characters()
    rows = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8").splitlines()
    for row in sorted(rows):
        char, _, meant = row.partition("\t")
        simple = meant.split(" ")[0]
        if len(char) == 1 and char not in known and simple in known:
            yield char + simple


def _sounds() -> Iterator[str]:
    from pypinyin import Style, pinyin

    read: dict[str, list[str]] = {}
    for char in sorted(_characters()):
        syllable = pinyin(char, style=Style.NORMAL)[0][0].replace("ü", "v")
        read.setdefault(syllable, []).append(char)
    for syllable, chars in sorted(read.items()):
        yield f"{syllable} {''.join(chars)}"


if __name__ == "__main__":
    main()
