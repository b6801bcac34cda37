"""Names typed in ASCII as mathematics: w11_2 is shown as w₁₁⁽²⁾, theta as θ, y_hat as ŷ.

A name is mathematics if it is, in this order,

    a letter           one letter, Latin or Greek, or the English name of a Greek letter: w, θ, theta, Omega
    an index           digits, with or without _ before them, or letters after _: w1, w_11, x_i, w_ij
    a layer            digits after a further _: w11_2, w_11_2
    an accent          _hat, _tilde, _dot or _prime, before the index or after it: x_hat, x_hat_1, x1_hat

The index goes below the line, the layer above it in brackets. What stands in brackets behind a name is
treated alike: R(theta), theta[0]. Any other name stays as it was typed: learning_rate, loss, x_min. So does
W_bar, since a bar is the sign of a gradient here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
CAPITALS = ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega")
"""Those that do not look like Latin letters."""


def _named(word: str) -> str:
    """The Greek letter of this English name."""
    case = "SMALL" if word.islower() else "CAPITAL"
    return unicodedata.lookup(f"GREEK {case} LETTER {word.upper().replace('LAMBDA', 'LAMDA')}")


LETTERS = {word: _named(word) for word in (*GREEK, *CAPITALS)} | {"lambda_": "λ"}  # `lambda` is Python's
ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "dot": "\u0307", "prime": "′"}
INDICES = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
LAYERS = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))

ACCENT = rf"(?:_({'|'.join(ACCENTS)}))?"
MATHEMATICS = re.compile(
    rf"({'|'.join(sorted(LETTERS, key=len, reverse=True))}|[A-Za-zα-ωΑ-Ω])"
    rf"{ACCENT}(?:_?([0-9]+)|_([ijkl0-9]{{1,3}}|mn|[aehmnoprstuvx]))?(?:_([0-9]+))?{ACCENT}"
)
OF_WHAT = re.compile(r"(?P<name>[^()\[\]]+)(?P<open>[(\[])(?P<inner>[^()\[\]]*)(?P<close>[)\]])")


@lru_cache(maxsize=4096)
def lettered(name: str) -> str:
    """A name as mathematics, by the rule above; any other name as it is.

    >>> [lettered(name) for name in ("w1", "w_11", "w11_2", "theta", "x_hat", "sigma2", "alpha_1", "x_i")]
    ['w₁', 'w₁₁', 'w₁₁⁽²⁾', 'θ', 'x̂', 'σ₂', 'α₁', 'xᵢ']
    >>> [lettered(name) for name in ("R(theta)", "theta[0]", "learning_rate", "loss", "W_bar")]
    ['R(θ)', 'θ[0]', 'learning_rate', 'loss', 'W_bar']
    """
    if inside := OF_WHAT.fullmatch(name):
        inner = re.sub(r"[^,\s]+", lambda part: lettered(part[0]), inside["inner"])
        return f"{lettered(inside['name'])}{inside['open']}{inner}{inside['close']}"
    found = MATHEMATICS.fullmatch(name)
    if found is None or (found[2] and found[6]):
        return name
    letter, before, digits, letters, layer, behind = found.groups()
    accent = ACCENTS.get(before or behind or "", "")
    above = f"⁽{''.join(map(LAYERS.__getitem__, layer))}⁾" if layer else ""
    below = "".join(map(INDICES.__getitem__, digits or letters or ""))
    prime = accent if accent == "′" else ""
    marked = unicodedata.normalize("NFC", LETTERS.get(letter, letter) + ("" if prime else accent))
    return f"{marked}{below}{above}{prime}"


def alike(name: str, among: Iterable[str]) -> str | None:
    """Which of these names is meant by one that may be spelled otherwise; None if none is, or several are.

    >>> alike("w₁", ["w1", "w2"]), alike("w_1", ["w1", "w₁"]), alike("w", ["w1"])
    ('w1', None, None)
    """
    known = list(among)
    found = [name] if name in known else [other for other in known if lettered(other) == lettered(name)]
    return found[0] if len(found) == 1 else None
