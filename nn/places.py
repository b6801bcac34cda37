"""Where a module keeps things, and how others stand in for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from .parts import Owner


class Holder(NamedTuple):
    """Where a module keeps something: the attributes of a part, a list or a dict among them."""

    container: Any
    key: Any

    @property
    def content(self) -> Any:
        """What is there."""
        return self.container[self.key]

    @content.setter
    def content(self, new: Any) -> None:
        self.container[self.key] = new


def places(module: Owner, belongs: Callable[[Any], bool]) -> list[Holder]:
    """Where a module keeps what belongs. Raises ValueError where that is in a tuple, which cannot change."""
    seen: set[int] = set()
    return [place for _, part in module.named_parts(Owner) for place in _within(vars(part), belongs, seen)]


def _within(container: Any, belongs: Callable[[Any], bool], seen: set[int]) -> Iterator[Holder]:
    if id(container) in seen:
        return
    seen.add(id(container))
    for key in [*container] if isinstance(container, dict) else range(len(container)):
        content = container[key]
        if isinstance(content, (dict, list, tuple)):
            yield from _within(content, belongs, seen)
        elif belongs(content):
            if isinstance(container, tuple):
                raise ValueError(f"the module keeps a {type(content).__name__} in a tuple; make it a list")
            yield Holder(container, key)


@contextmanager
def standing_in(kept: list[Holder], stand_in: Callable[[Any], Any]) -> Iterator[None]:
    """A block in which something else is in some places: the same for the same."""
    before = [place.content for place in kept]
    others = {id(x): stand_in(x) for x in {id(x): x for x in before}.values()}
    for place, x in zip(kept, before, strict=True):
        place.content = others[id(x)]
    try:
        yield
    finally:
        for place, x in zip(kept, before, strict=True):
            place.content = x
