"""Make of a picture that somebody sent a small one that only shows what it shows.

Runs in the process with limits (`bot.services.limited`): pictures are made by strangers too. What
comes out is a JPEG of our own making: no EXIF, no place, no comment, no profile, one frame.
"""

import io
import warnings
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, NoReturn

from commands.wording.sentences import say
from scoring.errors import UserError
from scoring.moments import Instant
from scoring.plan import Plan

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MOST_PIXELS = 20_000_000
LONG_SIDE = 1_600
MOST_BYTES = 300 * 1024
QUALITIES = (85, 75, 65, 55, 45)


def shrink(_name: str, data: bytes, _plan: Plan, _now: Instant) -> str:
    """The picture as a JPEG of at most MOST_BYTES and LONG_SIDE, upright, in base64. Raises
    UserError for what is no picture of FORMATS, has more than MOST_PIXELS or is cut short."""
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own limit, which is higher than ours
            with Image.open(io.BytesIO(data), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    _refuse("evidence.too_large")
                found.draft("RGB", (2 * LONG_SIDE, 2 * LONG_SIDE))
                plain = _plain(ImageOps.exif_transpose(found))
    except (UserError, MemoryError):
        raise
    except Image.DecompressionBombError:
        _refuse("evidence.too_large")
    except Exception as fault:  # the library's, and of many kinds: it cannot be read
        raise UserError(say("evidence.unreadable")) from fault
    plain.thumbnail((LONG_SIDE, LONG_SIDE))
    return b64encode(_small(plain)).decode()


def _refuse(key: str) -> NoReturn:
    raise UserError(say(key, most=MOST_PIXELS // 10_000))


def jpeg(read: str) -> bytes:
    """The bytes of what `shrink` returned."""
    return b64decode(read)


def _plain(image: "Image.Image") -> "Image.Image":
    """The colours alone, on white where it is transparent; nothing of its other contents."""
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    page = Image.new("RGB", image.size, "white")
    seen = image.convert("RGBA") if image.has_transparency_data else image.convert("RGB")
    page.paste(seen, mask=seen.getchannel("A") if seen.mode == "RGBA" else None)
    return page


def _small(image: "Image.Image") -> bytes:
    """As a JPEG of at most MOST_BYTES: first less exact, then smaller."""
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= MOST_BYTES:
                return out.getvalue()
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))
