"""What a node keeps of its forward computation, so that its rules need not compute it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .value import Value


class Metadata(dict[str, Any]):
    """Metadata of a node, and `for_rules`, the same with what its forward computation kept.

    What is made of a node's metadata, such as a node of other operands, keeps nothing.
    """

    __slots__ = ("for_rules",)

    def __init__(self, metadata: dict[str, Any], kept: Any) -> None:
        super().__init__(metadata)
        self.for_rules = {**metadata, "kept": kept}


def kept_by(node: Value) -> Any:
    """What a node keeps for its rules; None where it keeps nothing."""
    options = node._y
    return options.for_rules["kept"] if type(options) is Metadata else None
