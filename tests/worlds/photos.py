"""Pictures as people send them, made in memory."""

import io
from functools import cache
from typing import Any

from PIL import Image

from commands.chat.messages import File


def encoded(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    """The bytes of an image in a format."""
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


@cache
def photo(colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small photo, another one for each colour."""
    return encoded(Image.new("RGB", size, colour))


def sent(colour: str = "red", name: str = "IMG_1.jpg") -> File:
    """The same as a file."""
    return File(name=name, data=photo(colour))


def colour_of(data: bytes) -> tuple[int, ...]:
    """The colour in the middle of a picture, to tell which one it is."""
    with Image.open(io.BytesIO(data)) as image:
        found = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return found
