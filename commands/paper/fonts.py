"""Which font draws Chinese in a picture: the one that is set, else the one of the package, else
one of the machine's; of several the first that has every character wanted.
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
"""Files worth having, the best first."""

FOLDERS = {
    "win32": ("C:/Windows/Fonts",),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
}
ELSEWHERE = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")

ALL_LACK = "\U0010fffe"
"""No font has this one: what is drawn for it is drawn for everything that is missing."""

MOST_FACES = 12
_set: list[str] = []


@dataclass(frozen=True, slots=True)
class Face:
    """A face of a font file."""

    path: str
    index: int


def prefer(path: str) -> None:
    """The font the school has set ("": none); it is tried before all others."""
    _set[:] = [path] if path else []


def find(text: str) -> tuple[Face | None, str]:
    """The face for a text and the characters that it lacks; None where there is no font."""
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
    """The face at a size, as Pillow draws with it."""
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
    """Every face there is, looked up once: simplified Chinese ones of a collection first."""
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
    """The face for simplified Chinese of a file; None for what is no font."""
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
