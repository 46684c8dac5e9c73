"""Uploads: what is dropped from a picture, and everything that is refused."""

import io
import random
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, features

from indexer.content.cid import cid_of, digest
from indexer.content.pictures import (
    MAX_BYTES,
    MAX_RESULT,
    NotAPicture,
    PictureTooLarge,
    reencode,
)

RED, BLUE = (200, 30, 30), (30, 30, 200)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def half_red(width: int = 80, height: int = 40) -> Image.Image:
    """The left half red, the right half blue."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def near(found: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(found, colour, strict=True))


def png(width: int, height: int, rows: bytes = b"\0\0") -> bytes:
    """A PNG whose header promises `width` × `height` pixels of grey."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_kinds_that_are_taken(kind: str) -> None:
    picture = reencode(saved(half_red(), kind))
    assert (picture.type, picture.width, picture.height) == ("image/webp", 80, 40)
    assert picture.cid == cid_of(digest(picture.data))
    image = opened(picture.data)
    assert (image.format, image.size) == ("WEBP", (80, 40))
    assert near(image.convert("RGB").getpixel((5, 20)), RED)
    assert near(image.convert("RGB").getpixel((75, 20)), BLUE)


def test_avif_is_built_in() -> None:
    assert features.check("avif")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_metadata_is_dropped(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    exif.get_ifd(0x8825)[1] = "N"
    data = saved(half_red(), kind, exif=exif, icc_profile=b"SECRET profile" * 20)
    assert b"SECRET" in data
    assert opened(data).getexif().get_ifd(0x8825)
    picture = reencode(data)
    assert b"SECRET" not in picture.data
    assert not opened(picture.data).getexif()
    assert "icc_profile" not in opened(picture.data).info


def test_png_text_is_dropped() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "SECRET")
    data = saved(half_red(), "PNG", pnginfo=info)
    assert b"SECRET" in data
    assert b"SECRET" not in reencode(data).data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_appended_bytes_are_dropped(kind: str) -> None:
    plain = saved(half_red(), kind)
    assert reencode(plain + b"<script>alert(1)</script>PK\x03\x04" * 9) == reencode(plain)


def test_the_camera_turned_it() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    picture = reencode(saved(half_red(), "JPEG", exif=exif, quality=95))
    assert (picture.width, picture.height) == (40, 80)
    image = opened(picture.data).convert("RGB")
    assert near(image.getpixel((20, 5)), RED)
    assert near(image.getpixel((20, 75)), BLUE)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1500), (2048, 1024)), ((100, 4096), (50, 2048)), ((2048, 2048), (2048, 2048))],
)
def test_long_sides(size: tuple[int, int], expected: tuple[int, int]) -> None:
    picture = reencode(saved(half_red(*size), "JPEG"))
    assert (picture.width, picture.height) == expected
    assert opened(picture.data).size == expected


def test_noise_still_fits_a_block() -> None:
    noise = random.Random(3).randbytes(1500 * 1500 * 3)
    picture = reencode(saved(Image.frombytes("RGB", (1500, 1500), noise), "JPEG", quality=90))
    assert len(picture.data) < MAX_RESULT
    assert opened(picture.data).size == (picture.width, picture.height)


def test_the_same_upload_is_the_same_block() -> None:
    data = saved(half_red(), "PNG")
    assert reencode(data).cid == reencode(data).cid


def test_transparency_stays() -> None:
    image = Image.new("RGBA", (20, 20), (*RED, 0))
    image.paste((*RED, 255), (0, 0, 10, 20))
    for data in (saved(image, "PNG"), saved(image, "GIF"), saved(image.convert("LA"), "PNG")):
        alpha = opened(reencode(data).data).convert("RGBA").getchannel("A")
        assert (alpha.getpixel((2, 10)), alpha.getpixel((17, 10))) == (255, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_other_modes(mode: str) -> None:
    grey = half_red().convert("L")
    image = (
        grey.convert("I").point(lambda value: value * 256).convert("I;16")
        if mode == "I;16"
        else (half_red().convert(mode))
    )
    picture = reencode(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    left = opened(picture.data).convert("L").getpixel((5, 20))
    right = opened(picture.data).convert("L").getpixel((75, 20))
    assert isinstance(left, int)
    assert isinstance(right, int)
    assert left > right or mode == "1"
    if mode == "I;16":
        assert abs(left - 81) < 12


def test_animations_show_their_first_frame() -> None:
    frames = [Image.new("RGB", (30, 30), colour) for colour in (RED, BLUE)]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        image = opened(reencode(data).data)
        assert getattr(image, "n_frames", 1) == 1
        assert near(image.convert("RGB").getpixel((9, 9)), RED)


PNG = saved(half_red(), "PNG")
NOT_PICTURES = {
    "empty": b"",
    "text called png": b"I am a PNG, honestly." * 40,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
    "svg with an xml head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7 " * 40,
    "bmp": saved(half_red(), "BMP"),
    "tiff": saved(half_red(), "TIFF"),
    "ico": saved(half_red(), "ICO"),
    "postscript": saved(half_red(), "EPS"),
    "only the magic bytes": b"\x89PNG\r\n\x1a\n",
    "text after png's magic bytes": b"\x89PNG\r\n\x1a\n" + b"text" * 99,
    "text after jpeg's": b"\xff\xd8\xff" + b"text" * 99,
    "text after gif's": b"GIF89a" + b"text" * 99,
    "text after webp's": b"RIFF\0\0\0\0WEBP" + b"text" * 99,
    "text after avif's": b"\0\0\0\x20ftypavif" + b"text" * 99,
    "png of no size": png(0, 0),
    "png with too few rows": png(100, 100),
    "png with a wrong checksum": PNG[:-20] + bytes(8) + PNG[-12:],
    "a tiff that says it is a png": b"\x89PNG\r\n\x1a\n" + saved(half_red(), "TIFF"),
}


@pytest.mark.parametrize("data", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
def test_what_is_not_a_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        reencode(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_a_file_cut_short(kind: str) -> None:
    noise = Image.frombytes("RGB", (90, 90), random.Random(5).randbytes(90 * 90 * 3))
    data = saved(noise, kind)
    for part in (2, 3, 10):
        with pytest.raises(NotAPicture):
            reencode(data[: len(data) - len(data) // part])


@pytest.mark.parametrize("size", [(50_001, 1000), (7100, 7100), (30_000, 30_000), (2**31 - 1, 1)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    """The bombs hold no pixels at all, so that only a look at the header can refuse them so."""
    with pytest.raises(PictureTooLarge, match="million"):
        reencode(png(*size))


def test_a_bomb_that_holds_its_pixels() -> None:
    data = png(20_000, 20_000, bytes(20_001 * 2000))
    assert len(data) < 100_000
    with pytest.raises(PictureTooLarge):
        reencode(data)


def test_too_many_bytes() -> None:
    with pytest.raises(PictureTooLarge, match="10 MiB"):
        reencode(PNG + bytes(MAX_BYTES))


def test_damage_anywhere_is_a_picture_or_a_refusal() -> None:
    chance = random.Random(11)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF"):
        whole = saved(half_red(), kind)
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                assert reencode(bytes(data)).type == "image/webp"
            except (NotAPicture, PictureTooLarge) as error:
                assert str(error).endswith(".")
