"""Where everything is in a picture: how large text is on a slide, and that nothing lies on anything else."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations

import numpy as np
import pytest

import nn
from autodiff import Value, draw
from autodiff.pictures.dot_language import SIZE
from autodiff.pictures.geometry import Curve, Layout, Rect, Spot
from autodiff.pictures.picture import GraphPicture

pytestmark = pytest.mark.skipif(
    not (shutil.which("dot") or importlib.util.find_spec("pygraphviz")), reason="no Graphviz here"
)

SLIDE = 1920.0, 1080.0


def lecture(observation: int | None = None) -> Value:
    """The lecture's loss after `backward()`."""
    loss = nn.lecture.loss(nn.lecture.network(), observation)
    loss.backward()
    return loss


def digits() -> Value:
    """The loss of an MLP 64-32-10 on five observations."""
    x = np.random.default_rng(0).normal(size=(5, 64))
    loss: Value = nn.cross_entropy(nn.MLP(64, [32, 10], seed=0)(x), np.arange(5))
    loss.backward()
    return loss


def moons() -> Value:
    """The graph of micrograd's demonstration: a 2-16-16-1 network of scalars on 100 points."""
    network = nn.Network(2, [16, 16, 1], activation="relu", seed=0)
    points = np.random.default_rng(1).normal(size=(100, 2))
    losses = [(1.0 - (1 - 2 * (k % 2)) * network(*point)).relu() for k, point in enumerate(points)]
    loss: Value = sum(losses[1:], losses[0])
    loss.backward()
    return loss


def micrograd() -> Value:
    """The expression of micrograd's README, in which nothing has a name."""
    a, b = Value(-4.0), Value(2.0)
    c, d = a + b, a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    f = (c - d) ** 2
    g: Value = f / 2.0 + 10.0 / f
    g.backward()
    return g


GRAPHS: dict[str, tuple[Callable[[], Value], float]] = {
    "lecture, one observation": (lambda: lecture(1), 24.0),
    "lecture, both observations": (lecture, 18.0),
    "MLP 64-32-10": (digits, 16.0),
    "moons": (moons, 16.0),
    "micrograd": (micrograd, 16.0),
}


@cache
def picture(name: str) -> GraphPicture:
    return draw(GRAPHS[name][0]())


def on_slide(picture: GraphPicture) -> float:
    """The height of all text in pixels, where the picture with its legend fills a slide."""
    width, height = map(float, re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', picture.svg).groups())  # type: ignore[union-attr]
    sizes = set(re.findall(r'font-size="([\d.]+)"', picture.svg))
    assert sizes == {f"{SIZE:.2f}"}
    return SIZE * min(SLIDE[0] / width, SLIDE[1] / height)


def along(way: Curve) -> Iterator[Spot]:
    """Points of an arrow, from its start to its tip."""
    for k in range(0, len(way.points) - 1, 3):
        a, b, c, d = way.points[k : k + 4]
        for t in np.linspace(0.0, 1.0, 60):
            u = 1.0 - t
            parts = u**3, 3 * u * u * t, 3 * u * t * t, t**3
            yield Spot(
                *(
                    sum(p * q for p, q in zip(parts, side, strict=True))
                    for side in zip(a, b, c, d, strict=True)
                )
            )
    if way.tip:
        yield way.tip


def inside(point: Spot, place: Rect, margin: float = 1.0) -> bool:
    return (
        place.left + margin < point.x < place.right - margin
        and place.bottom + margin < point.y < place.top - margin
    )


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.bottom < other.top
        and other.bottom < one.top
    )


def collisions(layout: Layout) -> list[str]:
    """What lies on what: lines on cards, labels and titles of boxes, and these on each other."""
    titles = {f"title {number}": box.title for number, box in layout.boxes.items()}
    layout = layout._replace(cards={**layout.cards, **titles})
    found = [
        f"{a} on {b}" for a, b in combinations(layout.cards, 2) if overlap(layout.cards[a], layout.cards[b])
    ]
    for id, way in layout.ways.items():
        points = list(along(way))
        found += [
            f"{id} over {name}"
            for name, place in layout.cards.items()
            if any(inside(p, place) for p in points)
        ]
    return found


@pytest.mark.parametrize("name", GRAPHS)
def test_text_is_large_enough_on_a_slide(name: str) -> None:
    assert on_slide(picture(name)) >= GRAPHS[name][1]


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_lies_on_anything_else(name: str) -> None:
    assert not collisions(picture(name).layout)
