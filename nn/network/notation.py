"""The lecture's names.

w_jk⁽ˡ⁾ is the weight from node k of layer l − 1 to node j of layer l, b_j⁽ˡ⁾ the bias of node j,
z_j⁽ˡ⁾ its weighted sum and a_j⁽ˡ⁾ = g(z_j⁽ˡ⁾) its activation; x_k is the k-th input.
"""

from __future__ import annotations

from functools import lru_cache

from autodiff.text.digits import subscript, superscript


@lru_cache(1024)
def indexed(letter: str, *indices: int, layer: int | None = None) -> str:
    """A letter with indices below, and the layer above in brackets.

    Several indices are written without a comma while all of them have one digit.

    >>> indexed("x", 2), indexed("b", 12, layer=3), indexed("w", 1, 2, layer=1), indexed("w", 12, 3, layer=10)
    ('x₂', 'b₁₂⁽³⁾', 'w₁₂⁽¹⁾', 'w₁₂,₃⁽¹⁰⁾')
    """
    comma = "," if max(indices, default=0) > 9 else ""
    below = comma.join(map(subscript, indices))
    above = "" if layer is None else f"⁽{superscript(layer)}⁾"
    return letter + below + above
