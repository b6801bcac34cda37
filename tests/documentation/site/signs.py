"""The signs of formulas as docstrings write them, what LaTeX has for each, and a text cut into them."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

FUNCTIONS = {"arccos", "arcosh", "arcsin", "arctan", "arsinh", "artanh", "cof", "cos", "cosh", "det", "diag"}
FUNCTIONS |= {"erf", "exp", "log", "max", "mean", "min", "sign", "sin", "sinh", "softmax", "sym", "tan"}
FUNCTIONS |= {"tanh"}
"""Words that are functions, also without brackets."""

RELATIONS = {"=": "=", "≤": r"\le ", "≥": r"\ge ", "<": r"\lt ", ">": r"\gt ", "≠": r"\ne "}
RELATIONS |= {"≈": r"\approx ", "←": r"\leftarrow ", "∈": r"\in "}
SUMS = {"+": "+", "−": "-", "±": r"\pm "}
PRODUCTS = {"·": r"\cdot ", "×": r"\times ", "∘": r"\circ "}
LETTERS = {"∂": r"\partial ", "∇": r"\nabla ", "Σ": r"\sum ", "Π": r"\prod ", "∞": r"\infty ", "…": r"\dots "}
LETTERS |= {"½": r"\frac{1}{2}", "¼": r"\frac{1}{4}"}
ROOTS = {"√": r"\sqrt", "∛": r"\sqrt[3]"}
BRACKETS = {"(": (")", "(", ")"), "[": ("]", "[", "]"), "⌊": ("⌋", r"\lfloor ", r"\rfloor ")}
BRACKETS |= {"|": ("|", r"\left|", r"\right|"), "‖": ("‖", r"\left\|", r"\right\|")}
ACCENTS = {"\u0304": "bar", "\u0302": "hat", "\u0303": "tilde", "\u0307": "dot"}
SCRIPTS = {**RELATIONS, "′": r"\prime ", "″": r"\prime \prime "}


def _scripts(kind: str) -> str:
    wide = map(chr, range(0xA0, 0x2D00))
    return "".join(c for c in wide if unicodedata.decomposition(c).startswith(f"<{kind}>") and c not in "ªº™")


ABOVE, BELOW = _scripts("super"), _scripts("sub")
SIGNS = re.compile(f"[·×∘√∛Σ∂∇½{ABOVE}]")
"""What is in no prose: one of these makes a formula of what has no relation."""

TOKEN = re.compile(
    rf"""(?P<space>\s*)(?:
      (?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)
    | (?P<differential>d[²³]?[a-z][²³]?(?=/d[a-z]) | (?<=/)d[a-z][²³]?(?![A-Za-z]))
    | (?P<indexed>[A-Za-zΣΠ]_(?:[A-Za-z0-9]+|\{{[^{{}}]*\}}))
    | (?P<word>[A-Za-z][A-Za-z0-9_]*[A-Za-z0-9])
    | (?P<letter>[A-Za-zͰ-Ͽ][{"".join(ACCENTS)}]?)
    | (?P<above>[{re.escape(ABOVE)}]+)
    | (?P<below>[{re.escape(BELOW)}]+(?:[≤≥≠<>][{re.escape(BELOW)}]+)?)
    | (?P<sign>\S)
    )""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A sign with its kind, whether a space is before it, and where it ends."""

    kind: str
    text: str
    spaced: bool
    end: int


END = Token("end", "", True, 0)


def tokens(text: str) -> list[Token]:
    """The signs of a text in order."""
    return [
        Token(found.lastgroup or "", found[0].lstrip(), bool(found["space"]), found.end())
        for found in TOKEN.finditer(text)
    ]


def plain(scripts: str) -> str:
    """What is above or below, as it is on the line."""
    return "".join(SCRIPTS.get(c, unicodedata.normalize("NFKC", c)) for c in scripts).replace("−", "-")
