"""Whatever is sent as a picture becomes a small harmless JPEG, or is refused soon in a sentence."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from bot.services.limited import Limited
from commands.evidence.shrinking import LONG_SIDE, MOST_BYTES, jpeg, shrink
from scoring.errors import UserError
from tests.worlds.photos import colour_of, encoded, photo

ANY: Any = None
"""In place of the plan and the time, which a picture does not depend on."""


@pytest.fixture(scope="module")
def limited() -> Iterator[Limited]:
    found = Limited()
    yield found
    found.close()


def made(limited: Limited, data: bytes) -> Image.Image:
    small = jpeg(limited.call(shrink, "a.jpg", data, ANY, 0))
    assert len(small) <= MOST_BYTES
    image = Image.open(io.BytesIO(small))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    assert max(image.size) <= LONG_SIDE
    return image


def told_sideways() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8825] = 6, "王五家", {1: "N", 2: (39.9, 0.0, 0.0)}
    return encoded(Image.new("RGB", (300, 100), "red"), exif=exif, comment=b"secret")


def moving() -> bytes:
    first, second = (Image.new("RGB", (50, 50), colour) for colour in ("red", "blue"))
    return encoded(first, "GIF", save_all=True, append_images=[second])


def unseen() -> bytes:
    image = Image.new("RGB", (50, 50), "blue").convert("P")
    return encoded(image, "PNG", transparency=image.getpixel((0, 0)))


RED = (254, 0, 0)


@pytest.mark.parametrize(
    ("data", "size", "colour"),
    [
        (photo(), (40, 30), RED),
        (told_sideways(), (100, 300), RED),
        (moving(), (50, 50), RED),
        (encoded(Image.new("CMYK", (50, 50), (0, 255, 255, 0))), (50, 50), RED),
        (encoded(Image.new("I;16", (50, 50), 40_000), "PNG"), (50, 50), (156, 156, 156)),
        (encoded(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG"), (50, 50), (255, 255, 255)),
        (unseen(), (50, 50), (255, 255, 255)),
        (encoded(Image.new("1", (50, 50), 1), "PNG"), (50, 50), (255, 255, 255)),
        (encoded(Image.new("RGB", (50, 50), "red"), "WEBP", lossless=True), (50, 50), RED),
        (encoded(Image.new("RGB", (50, 50), "red"), "BMP"), (50, 50), RED),
        (encoded(Image.new("RGB", (2, 20_000), "red"), "PNG"), (1, LONG_SIDE), RED),
        (encoded(Image.new("RGB", (2_000, 1_500), "red")), (1_600, 1_200), RED),
    ],
)
def test_what_is_a_picture_is_kept_small_upright_and_bare(
    limited: Limited, data: bytes, size: tuple[int, int], colour: tuple[int, ...]
) -> None:
    image = made(limited, data)
    assert image.size == size
    assert colour_of(encoded(image, "PNG")) == colour


def test_what_cannot_be_small_and_exact_becomes_less_exact(limited: Limited) -> None:
    noise = Image.effect_noise((1_500, 1_200), 120).convert("RGB")
    assert max(made(limited, encoded(noise)).size) >= 800


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "打不开"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "打不开"),
        (b"<!doctype html><script>alert(1)</script>", "打不开"),
        (b"%PDF-1.4", "打不开"),
        (b"PK\x03\x04", "打不开"),
        (encoded(Image.effect_noise((300, 300), 90).convert("RGB"))[:5_000], "打不开"),
        (encoded(Image.new("RGB", (50, 50)), "TIFF"), "打不开"),
        (encoded(Image.new("1", (5_000, 4_001)), "PNG"), "2000 万像素"),
        (encoded(Image.new("1", (30_000, 30_000)), "PNG"), "2000 万像素"),
    ],
)
def test_what_is_none_or_too_large_is_refused_in_a_sentence(
    limited: Limited, data: bytes, why: str
) -> None:
    with pytest.raises(UserError, match=why):
        limited.call(shrink, "a.jpg", data, ANY, 0)
