"""Pictures as they may be published: decoded, turned upright, made smaller and encoded anew.

The result is encoded here from pixels alone: it has no metadata (place, camera), no data hidden behind
the picture, and it fits one raw block.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from indexer.content.cid import cid_of, digest
from indexer.content.errors import ContentError

MAX_BYTES = 10 * 1024 * 1024
"""Bytes of an upload, at most."""
MAX_PIXELS = 50_000_000
"""Pixels of an upload, at most; checked before decoding, which takes four bytes for each."""
MAX_SIDE = 2048
"""Pixels of the longer side of what is published."""
MAX_RESULT = 1024 * 1024
"""Bytes of what is published: one raw block that every IPFS node accepts."""

_QUALITIES = (82, 70, 55, 40)


class NotAPicture(ContentError):
    """The bytes are not a whole JPEG, PNG, GIF, WebP or AVIF picture."""

    code = "not_a_picture"


class PictureTooLarge(ContentError):
    """The file has too many bytes, or the picture too many pixels."""

    code = "picture_too_large"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be stored: its bytes, their CID, media type, and sides in pixels."""

    data: bytes
    cid: str
    type: str
    width: int
    height: int


def reencode(data: bytes) -> Picture:
    """The picture in `data` as WebP, at most `MAX_SIDE` pixels long and under `MAX_RESULT` bytes.

    Of an animation the first frame is kept. Raises `PictureTooLarge` or `NotAPicture`.
    """
    if len(data) > MAX_BYTES:
        raise PictureTooLarge(
            f"The file has {len(data) / 2**20:.1f} MiB; at most {MAX_BYTES >> 20} MiB are allowed."
        )
    pixels = _decoded(data, _format(data))
    pixels.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    encoded, size = _encoded(pixels)
    return Picture(encoded, cid_of(digest(encoded)), "image/webp", *size)


def _format(data: bytes) -> str:
    """Pillow's name of the format, by the magic bytes alone: a file's name says nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "AVIF"
    raise NotAPicture("This is not a picture of a kind we take: JPEG, PNG, GIF, WebP or AVIF.")


def _decoded(data: bytes, kind: str) -> Image.Image:
    """The first frame, upright, as RGB or RGBA, and without any metadata."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise PictureTooLarge(
                    f"The picture has {width} × {height} pixels; "
                    f"at most {MAX_PIXELS // 10**6} million are allowed."
                )
            opened.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG: decode no more than is needed
            opened.load()
            upright = ImageOps.exif_transpose(opened)
    except Image.DecompressionBombError as error:
        raise PictureTooLarge(
            f"The picture has more than {MAX_PIXELS // 10**6} million pixels."
        ) from error
    except (
        # What Pillow's decoders raise for damaged files, in whole or in part.
        *(UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError),
        *(
            struct.error,
            TypeError,
            KeyError,
            OverflowError,
            ZeroDivisionError,
            MemoryError,
            RuntimeError,
        ),
    ) as error:
        raise NotAPicture("The picture is damaged or cut short; it cannot be decoded.") from error
    if upright.mode.startswith("I;16"):  # 16 bits of grey; a plain conversion would clip them
        upright = upright.convert("I").point([value >> 8 for value in range(65536)], "L")
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")


def _encoded(pixels: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """WebP bytes under `MAX_RESULT` and the sides: lower quality first, then fewer pixels."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            pixels.save(out, "WEBP", quality=quality, method=4, exif=b"", icc_profile=b"", xmp=b"")
            if out.tell() < MAX_RESULT:
                return out.getvalue(), pixels.size
        side = max(pixels.size) * 3 // 4
        pixels.thumbnail((side, side), Image.Resampling.LANCZOS)
