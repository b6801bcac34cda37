"""A storyboard as slides: a picture for each step, and Markdown that shows one at a time.

What is said at a step is in a comment below its picture, where programs for slides look for the
speaker's notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from ..text.escaping import html, markdown
from .fractions import flat
from .steps import Step

OURS = re.compile(r"frame-\d+\.svg")
"""The names of pictures."""


def names_of(count: int) -> list[str]:
    """The names of so many pictures, which sort in their order.

    >>> names_of(2)
    ['frame-01.svg', 'frame-02.svg']
    """
    digits = max(2, len(str(count)))
    return [f"frame-{number:0{digits}}.svg" for number in range(1, count + 1)]


HEAD = """\
---
marp: true
style: "section { padding: 0 } img { width: 100% }"
---

"""
"""What Marp asks for; other programs pass over it."""


def slides(steps: Sequence[Step], folder: str) -> str:
    """The steps as Markdown, with rules between the slides; `folder` has the pictures."""
    pictures = names_of(len(steps))
    return HEAD + "\n---\n\n".join(
        "\n".join(_slide(step, f"{quote(folder)}/{name}")) + "\n"
        for step, name in zip(steps, pictures, strict=True)
    )


def _slide(step: Step, picture: str) -> Iterator[str]:
    yield f"![{markdown(flat(step.title))}]({picture})"
    yield ""
    yield "<!--"
    yield from (f"  {html(line)}".rstrip() for line in step.text.splitlines())
    yield "-->"
