"""Homework in a page: a derivative is asked for, hints come link by link, and what is typed is compared.

The page reads a part of what `exercise` reads, and compares at points of its own; the reasons that `mark`
gives for what is wrong are more than a page can find.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..animation.narration import Narrator
from ..homework.derivatives import hints_of
from .computation import Computation

TURN = (
    '<form id="turn" aria-label="Your turn"><h3>Your turn</h3><div class="setting"><select id="asked" '
    'aria-label="Derivative"></select> <label for="answer">=</label> <input type="text" id="answer" '
    'autocomplete="off" spellcheck="false" aria-label="Your formula"></div><div class="buttons">'
    '<button type="submit" id="check">Check</button> <button type="button" id="hint">Hint</button></div>'
    '<p id="verdict" role="status"></p><ol id="hints"></ol></form>\n    '
)

HOMEWORK = ("formulas.js", "turn.js")


def turns_of(computation: Computation, tell: Narrator) -> Iterator[dict[str, Any]]:
    """Which derivatives are asked for: the card of the parameter, what is asked, and the hints."""
    passes = computation.passes
    output = passes.source(passes.output)
    for id in computation.wrt:
        if id != passes.output:
            asked = f"∂{tell.name(passes.output)}/∂{tell.name(id)}"
            yield {"card": id, "asked": asked, "hints": hints_of(output, passes.source(id))}
