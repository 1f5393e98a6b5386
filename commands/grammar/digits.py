"""What a character is to a phone number: a figure, a spoken digit, a separator, or nothing."""

from unicodedata import category, digit, normalize

_SAID = "零〇○◯oOоОοΟ洞 一幺壹弌 二两贰貳弍 三叁參弎 四肆 五伍 六陆陸 七柒拐 八捌 九玖勾"
SPOKEN = {char: "abcdefghij"[value] for value, chars in enumerate(_SAID.split()) for char in chars}
_GROUPING = frozenset("·・•‧∙⋅･丶丨。｡/／\\⁄∕_＿‿~～−˗⁃ー‐\u2500\u3161")


class _Classes(dict[int, str | None]):
    """Filled as characters are met, up to a bound larger than any alphabet in use."""

    def __missing__(self, code: int) -> str | None:
        found = _class_of(chr(code))
        if len(self) < 50_000:
            self[code] = found
        return found


def _class_of(char: str) -> str | None:
    if char == "\x00":
        return "."  # an argument was cut out here
    if char in "\n.":
        return "," if char == "\n" else "_"
    if char in SPOKEN:
        return SPOKEN[char]
    value = digit(char, None)
    if value is not None:
        return str(value)
    kind = category(char)
    if kind in ("Pd", "Zs") or char in _GROUPING or char == "\t":
        return "-"
    if kind in ("Cf", "Cc", "Cs", "Mn", "Me") or char in "\u115f\u1160\u3164\uffa0":
        return None
    plain = normalize("NFKC", char)
    if plain != char and len(plain) == 1:
        return CLASSES[ord(plain)]
    if char == "#":
        return char
    if kind[0] in "PS" or kind[0] == "Z":
        return ","
    if char.isascii() and char.isalpha():
        return char.lower() if char in "tTxX" else "z"
    return "."


CLASSES = _Classes()
