"""Names of values as identifiers of Python: w₁₁⁽¹⁾ becomes w11_1."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from ...text.lettering import ABOVE, BELOW

RAISED = re.compile(f"[{''.join(ABOVE)}]+")
WRITTEN_OUT = str.maketrans(
    BELOW | {"₊": "plus", "₋": "minus", "₌": "", "∂": "d_", "∇": "grad_", "′": "_prime"}
)
OF_WHAT = re.compile(r"(?<=.)\([^()]*\)$")
"""The arguments in R(θ)."""
OTHERS = re.compile(r"[\W_]+")


def identifier(name: str) -> str:
    """A name in letters, digits and underscores, which Python has no use for; Greek letters stay.

    >>> identifier("w₁₁⁽¹⁾"), identifier("∂b₂⁽¹⁾"), identifier("R(θ)"), identifier("theta[0]")
    ('w11_1', 'd_b2_1', 'R', 'theta_0')
    """
    text = OF_WHAT.sub("", name.strip())
    text = RAISED.sub(lambda found: "_" + "".join(map(ABOVE.__getitem__, found[0])), text)
    text = unicodedata.normalize("NFKC", text.translate(WRITTEN_OUT))
    text = OTHERS.sub("_", text).strip("_") or "x"
    if text[0].isdigit() or not text.isidentifier():
        text = f"x_{re.sub(r'[^A-Za-z0-9_]', '', text)}"
    return f"{text}_" if keyword.iskeyword(text) or hasattr(builtins, text) else text


class Identifiers:
    """The identifiers of a module, or of one function in it, none of them twice.

    Those of a function are apart from those of its module, whose later ones keep apart from them.
    """

    def __init__(self, taken: Iterable[str] = (), module: Identifiers | None = None) -> None:
        self._taken = set(taken)
        self._inner: list[Identifiers] = []
        self._outer = module
        self._count: Counter[str] = Counter()
        if module is not None:
            module._inner.append(self)

    def is_taken(self, name: str) -> bool:
        """Whether a name stands for something already."""
        around = [*self._inner, *([self._outer] if self._outer else [])]
        return name in self._taken or any(name in names._taken for names in around)

    def take(self, wanted: str) -> str:
        """The name itself, or with the next number behind it."""
        name = wanted
        while self.is_taken(name):
            self._count[wanted] += 1
            name = f"{wanted}{'_' if wanted[-1].isdigit() else ''}{self._count[wanted] + 1}"
        self._taken.add(name)
        return name

    def number(self, stem: str) -> str:
        """The stem with the next number behind it."""
        self._count[stem] += 1
        while self.is_taken(f"{stem}{self._count[stem]}"):
            self._count[stem] += 1
        name = f"{stem}{self._count[stem]}"
        self._taken.add(name)
        return name
