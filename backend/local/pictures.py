"""The sample posts' picture: the way of a post, drawn here."""

import io

from PIL import Image, ImageDraw, ImageFont

STEPS = ("browser", "content\nstore", "relay", "contracts", "indexer", "page")
SIZE = (1200, 270)
PAPER, INK, LEAF, LIGHT = (250, 248, 243), (33, 37, 41), (47, 107, 63), (222, 236, 224)


def way_of_a_post() -> bytes:
    """A PNG of six boxes joined by arrows."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(26)
    width, gap, top, bottom = 150, 40, 60, 170
    middle = (top + bottom) // 2
    left = (SIZE[0] - len(STEPS) * width - (len(STEPS) - 1) * gap) // 2
    for number, step in enumerate(STEPS):
        x = left + number * (width + gap)
        draw.rounded_rectangle((x, top, x + width, bottom), 14, fill=LIGHT, outline=LEAF, width=3)
        draw.multiline_text(
            (x + width / 2, middle), step, fill=INK, font=font, anchor="mm", align="center"
        )
        if number:
            draw.line((x - gap + 4, middle, x - 8, middle), fill=LEAF, width=4)
            draw.polygon([(x - 4, middle), (x - 16, middle - 8), (x - 16, middle + 8)], fill=LEAF)
    small = ImageFont.load_default(22)
    for x, text in ((left, "you sign"), (left + 3 * (width + gap), "everybody can check")):
        draw.text((x, bottom + 30), text, fill=LEAF, font=small)
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()
