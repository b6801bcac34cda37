"""SVG frames drawn as pixels: one by itself, or one after the other in a GIF or an APNG file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.etree import ElementTree

from ..lazy_names import needing

with needing("animate", "moving pictures need Pillow and resvg", "; .html needs neither"):
    import resvg_py
    from PIL import Image


WIDTH, SHARPEST = 1600.0, 2.0
"""Pixels across, and at most so many for each unit of the picture."""

FONTS = "DejaVu Sans"


def still(svg: str) -> bytes:
    """One frame as the bytes of a PNG file."""
    width = float(ElementTree.fromstring(svg).attrib["width"])
    scale = min(SHARPEST, WIDTH / width)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=round(scale * width), sans_serif_family=FONTS))


def _drawn(svg: str) -> Image.Image:
    return Image.open(io.BytesIO(still(svg))).convert("RGB")


def gif(frames: Sequence[str], seconds: float) -> bytes:
    """A GIF that shows each frame for some seconds, again and again; all have the colours of the whole."""
    images = [_drawn(svg) for svg in frames]
    common = _palette(images)
    reduced = [image.quantize(palette=common, dither=Image.Dither.NONE) for image in images]
    return _joined(reduced, "GIF", seconds, optimize=False)


def png(frames: Sequence[str], seconds: float) -> bytes:
    """The same as an animated PNG, in full colour."""
    return _joined([_drawn(svg) for svg in frames], "PNG", seconds)


def _palette(images: Sequence[Image.Image]) -> Image.Image:
    """256 colours for all frames: those of the first, the middle and the last, side by side."""
    chosen = [images[0], images[len(images) // 2], images[-1]]
    width, height = images[0].size
    strip = Image.new("RGB", (width * len(chosen), height))
    for k, image in enumerate(chosen):
        strip.paste(image, (k * width, 0))
    return strip.quantize(256, Image.Quantize.MAXCOVERAGE)


def _joined(images: Sequence[Image.Image], kind: str, seconds: float, **options: bool) -> bytes:
    file = io.BytesIO()
    first, *others = images
    first.save(
        file, kind, save_all=True, append_images=others, duration=round(1000.0 * seconds), loop=0, **options
    )
    return file.getvalue()
