"""What a picture is to fit on: a slide, a page, the column of a notebook."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..settings import pair, positive

PIXELS = 96.0
"""In an inch, as browsers and CSS count."""

SLIDE = 16.0 / 9.0


class Sheet(NamedTuple):
    """The shape, width by height, None for any; the size in inches, if it is given; the height of a legend.

    That is in points, like the pictures themselves.
    """

    aspect: float | None
    inches: tuple[float, float] | None = None
    below: float = 0.0

    def letters(self, text: float, width: float, height: float) -> float:
        """How large text is in a picture that fills the sheet, as a part of the height of the sheet."""
        assert self.aspect is not None
        return text * min(self.aspect / width, 1.0 / (height + self.below))


def sheet_of(aspect: Any, size: Any) -> Sheet:
    """The sheet that is asked for: a shape; a width in pixels, or width and height, which are a shape."""
    shape = None if aspect is None else positive("draw: aspect", aspect)
    if size is None:
        return Sheet(shape)
    if isinstance(size, (tuple, list)):
        width, height = pair(positive)("draw: size", size)
        return Sheet(width / height, (width / PIXELS, height / PIXELS))
    width = positive("draw: size", size)
    return Sheet(shape, (width / PIXELS, width / PIXELS / (shape or 0.01)))
