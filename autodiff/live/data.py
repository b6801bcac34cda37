"""The page of a model with data: its curve or its regions, its loss, and steps downhill."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..animation.caption import resource
from ..animation.document import document, listed, named, sample
from ..animation.steps import Sign
from ..programs.javascript.writing import javascript
from ..text.digits import counted, with_minus
from .document_page import TOOLS, DocumentPage, body, script, stage
from .fitted import Array, Fitted, Movable, listings
from .page import WIDEST

REMEDY = "take a smaller network"

BEFORE = ("numbers.js", "model.js", "controls.js")
DIAGRAM = ("diagram.js",)
PICTURE = ("paper.js", "points.js")
AFTER = ("data.js", "rows.js", "curve.js", "moving.js", "steps.js", "live.js")
"""The parts of the script; those between are for what a page shows."""

PLANE = '<svg class="storyboard" id="plane" viewBox="0 0 900 560" role="img"></svg>'

CHOICE = (
    '<div class="setting"><label for="observation">observation in the nodes</label> <input type="text" '
    'id="observation" autocomplete="off" spellcheck="false"></div>\n    '
)

KEYS = '<p class="keys">Drag a slider, or type a number; <kbd>↑</kbd> <kbd>↓</kbd> nudge by η.$more</p>'
MORE = " In the diagram, numbers are dragged sideways; a click on an observation shows it in the nodes."

MARKS = (
    "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", "m-4.4 -4.4h8.8v8.8h-8.8z", "m0 -5.6l5.4 9.6h-10.8z",
    "m0 -6l6 6l-6 6l-6 -6z",
    "m-4 -5.5l4 4 4 -4 1.5 1.5 -4 4 4 4 -1.5 1.5 -4 -4 -4 4 -1.5 -1.5 4 -4 -4 -4z",
)  # fmt: skip
"""The marks of classes, around a point: also without colour they differ."""

COLOURS = 10

LINES = (
    Sign("line", "edge positive", "positive weight, the thicker the larger"),
    Sign("line", "edge negative", "negative"),
)

AT_ONCE = 2_000_000
"""Operations in which a frame may compute regions: 2 ms, where a browser has optimised them."""


class DataPage(DocumentPage):
    """A page that shows a model with its data: made by `nn.play`, shown in notebooks, saved as HTML."""

    def __init__(self, fitted: Fitted, digits: int) -> None:
        self._fitted, self._digits = fitted, digits
        self.title = f"{fitted.title}, live"
        self._programs = javascript(listings(fitted), "play", REMEDY)

    def _written(self) -> str:
        fitted = self._fitted
        page = body(
            "live.html",
            shown="The network" if fitted.diagram else "The data",
            stage="".join(self._stages()),
            legend="".join(_legend(fitted)),
            choice=CHOICE if self._chooses else "",
            keys=KEYS.replace("$more", MORE if fitted.diagram else ""),
            gradient="∇R",
        )
        style = "".join(
            resource(name, __package__) for name in ("live.css", "plane.css", "points.css", "diagram.css")
        )
        code = script(
            self._programs, *BEFORE, *DIAGRAM * bool(fitted.diagram), *PICTURE * fitted.shows_data, *AFTER
        )
        return document(self.title, page, style, code, self._data(), {}, TOOLS)

    @property
    def _chooses(self) -> bool:
        """Whether the diagram shows one of several observations."""
        diagram = self._fitted.diagram
        return diagram is not None and diagram.most < len(self._fitted.X)

    def _stages(self) -> Iterator[str]:
        """The diagram, the data, or one above the other."""
        if self._fitted.diagram:
            yield stage(named(self.title, self._fitted.diagram.picture))
            if self._fitted.shows_data:
                yield f'<div class="stage plane">{PLANE}</div>'
        else:
            yield f'<div class="stage plane" id="stage">{PLANE}</div>'

    def __repr__(self) -> str:
        count = len(self._fitted.entries)
        return f"<{self.title}: {count} numbers to move, .save('name.html'), .html>"

    def _data(self) -> dict[str, Any]:
        fitted = self._fitted
        return {
            "digits": self._digits,
            "room": len(WIDEST) + self._digits - 4,
            "output": {"name": "R", "value": 0},
            "leaves": _leaves(fitted.entries),
            "groups": [*dict.fromkeys(entry.group for entry in fitted.entries)],
            "observations": _rows(fitted.X, fitted.y),
            "scale": fitted.scale,
            "features": fitted.X.shape[1],
            "diagram": fitted.diagram.data if fitted.diagram else None,
            "picture": _picture(fitted) if fitted.shows_data else None,
            "marks": MARKS,
            "fine": self._fine(),
            "opening": [
                "Move a number",
                "Drag its slider, or type it: the picture follows, and R, and its gradient.",
                f"R of {counted(len(fitted.X), 'observation')}.",
            ],
        }

    def _fine(self) -> int:
        """The cells of regions along an axis: fewer of a large network."""
        lines = self._programs.partition(" seen(given)")[2].partition("return [")[0].count("const ")
        return max(20, min(64, math.isqrt(AT_ONCE // max(1, lines))))


# -- what the page knows ---------------------------------------------------------------------------


def _leaves(entries: Sequence[Movable]) -> list[dict[str, Any]]:
    """The parameters, and where among the results their slopes are."""
    places = iter(range(1, len(entries) + 1))
    return [
        {
            "id": f"p{k}",
            "name": entry.name,
            "group": entry.group,
            "start": entry.start,
            "gradient": next(places) if entry.varies else None,
        }
        for k, entry in enumerate(entries)
    ]


def _rows(*arrays: Array) -> list[list[float]]:
    """Arrays side by side, a row for each observation."""
    rows: list[list[float]] = np.hstack([array.reshape(len(array), -1) for array in arrays]).tolist()
    return rows


def _picture(fitted: Fitted) -> dict[str, Any]:
    across, up = _axes(fitted)
    return {
        "kind": fitted.kind,
        "names": [across[0], up[0]],
        "sides": [across[1], up[1]],
        "classes": None if fitted.classes is None else [*map(_written, fitted.classes)],
        "labels": list(fitted.labels),
        "ofClasses": fitted.sees_classes,
        "count": len(fitted.X) if fitted.classes is not None else fitted.y.size,
        "told": _told(fitted),
    }


def _told(fitted: Fitted) -> str:
    """What the picture is, in words."""
    what = {
        "curve": "The network as a curve",
        "regions": "The plane of both features, in regions of the predicted class",
        "targets": "What is predicted of each observation, by its target",
    }[fitted.kind]
    return f"{what}, with {counted(len(fitted.X), 'observation')}"


Axis = tuple[str, tuple[float, float]]


def _axes(fitted: Fitted) -> tuple[Axis, Axis]:
    """The name of each axis, and from where to where it goes."""
    x = [_reach(column) for column in fitted.X.T]
    if fitted.kind == "regions":
        return (fitted.features[0], x[0]), (fitted.features[1], x[1])
    share = (-0.08, 1.08)
    if fitted.kind == "curve":
        if fitted.sees_classes:
            assert fitted.classes is not None
            return (fitted.features[0], x[0]), (f"P(y = {_written(fitted.classes[1])})", share)
        return (fitted.features[0], x[0]), ("y", _reach(fitted.y, fitted.outputs))
    if fitted.classes is not None:
        told = "probability" if fitted.is_likelihood else "softmax of −loss"
        return ("class", (-0.6, len(fitted.classes) - 0.4)), (f"{told} of the right class", share)
    both = _reach(fitted.y, fitted.outputs)
    return ("target y", both), ("predicted", both)


def _reach(*arrays: Array) -> tuple[float, float]:
    """From where to where numbers are, with some room around them."""
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    room = 0.1 * (high - low) or max(1.0, abs(low))
    return low - room, high + room


def _written(target: Any) -> str:
    """A class as it is called: its label, or its place in rows of 0 and 1."""
    number = np.argmax(target) if np.size(target) > 1 else np.ravel(target)[0]
    return with_minus(f"{number:g}")


def _legend(fitted: Fitted) -> Iterator[str]:
    """What the signs of the pictures mean, line by line."""
    if fitted.diagram:
        yield listed(LINES)
    if not fitted.shows_data:
        return
    if not fitted.sees_classes:
        line = "the network" if fitted.kind == "curve" else "predicted = target"
        yield _mark("c0", 0, "observation")
        yield listed([Sign("line", f"line {fitted.kind}", line)])
        return
    for k, target in enumerate(_classes(fitted)):
        yield _mark(f"c{k % COLOURS}", k, f"y = {_written(target)}")
    if fitted.kind == "curve":
        yield listed([Sign("line", "line curve", "the network")])
        return
    yield _mark("wrong", 0, "predicted wrongly")
    if fitted.kind == "regions":
        shade = "probability" if fitted.is_likelihood else "how much less the loss is than of other classes"
        yield listed([Sign("line", "line regions", f"decision boundary; shade: {shade}")])


def _mark(classes: str, k: int, text: str) -> str:
    return sample(f'<path class="mark {classes}" d="M17 10{MARKS[k % len(MARKS)]}" />', text)


def _classes(fitted: Fitted) -> Array:
    return fitted.y[:0] if fitted.classes is None else fitted.classes
