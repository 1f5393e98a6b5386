"""Find a font that draws Chinese in a picture.

The configured font is tried first, then the one of an installed package, then those of the
machine; the first that has every character wanted is taken.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGE, PACKAGED = "noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc"
NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "msyh.ttc",
    "PingFang.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "simhei.ttf",
    "simsun.ttc",
    "DroidSansFallbackFull.ttf",
    "NotoSerifCJK-Regular.ttc",
)
"""Font files to look for, the best first."""

FOLDERS = {
    "win32": ("C:/Windows/Fonts",),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
}
ELSEWHERE = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")

ALL_LACK = "\U0010fffe"
"""A character no font has: its drawing shows what the font draws for any missing one."""

MOST_FACES = 12
_set: list[str] = []


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a font file."""

    path: str
    index: int


def prefer(path: str) -> None:
    """Try this font file before all others; "" for none."""
    _set[:] = [path] if path else []


def find(text: str) -> tuple[Face | None, str]:
    """The best face for a text, and the characters it lacks; None where there is no font."""
    wanted = "".join(sorted({sign for sign in text if not sign.isspace()}))
    best: tuple[Face | None, str] = (None, wanted)
    for face in _faces(tuple(_set)):
        lacking = missing(face, wanted)
        if not lacking:
            return face, ""
        if best[0] is None or len(lacking) < len(best[1]):
            best = face, lacking
    return best


def missing(face: Face, text: Iterable[str]) -> str:
    """The characters of a text that a face cannot draw."""
    nothing = _drawn(face, ALL_LACK)
    return "".join(sign for sign in text if _drawn(face, sign) == nothing)


@lru_cache(maxsize=64)
def font(face: Face, size: int) -> Any:
    """The face at a size, as a Pillow font."""
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=face.index)


@lru_cache(maxsize=20_000)
def _drawn(face: Face, sign: str) -> tuple[Any, bytes]:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (48, 48))
    ImageDraw.Draw(picture).text((4, 4), sign, fill=255, font=font(face, 24))
    return picture.size, picture.tobytes()


@cache
def _faces(preferred: tuple[str, ...]) -> tuple[Face, ...]:
    """Every face to be found, in the order to try them; looked up once."""
    found: dict[Face, None] = {}
    for path in (*map(Path, preferred), *_packaged(), *_of_the_system()):
        if (face := _simplified(path)) is not None:
            found[face] = None
    return tuple(found)


def _packaged() -> Iterator[Path]:
    spec = find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield Path(folder) / PACKAGED


def _of_the_system() -> Iterator[Path]:
    folders = [Path(name).expanduser() for name in FOLDERS.get(sys.platform, ELSEWHERE)]
    there = {
        path.name: path
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*.[to]t[cf]")
    }
    yield from (there[name] for name in NAMES if name in there)


def _simplified(path: Path) -> Face | None:
    """The face for simplified Chinese in a file, else its first; None when it is not a font."""
    from PIL import ImageFont

    first: Face | None = None
    for index in range(MOST_FACES):
        try:
            family = str(ImageFont.truetype(str(path), 12, index=index).getname()[0])
        except OSError:
            break
        face = Face(str(path), index)
        if family.endswith((" SC", " CN", " GB")):
            return face
        first = first or face
    return first
