"""The layered diagram of a network, Diagram 1 of the lecture.

Nodes stand in columns, weights on the edges between them, each bias above its node; targets, residuals
and the loss follow the outputs. `strokes` says what a line tells.

What is written stands on a light ground, so that pictures are readable on any page. Every place is
computed by `arrangement`: Graphviz only draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from autodiff import settings

from ..sizes import whole
from .feedforward import MLP, Network
from .snapshot import Snapshot

if TYPE_CHECKING:
    from autodiff.pictures.picture import Picture

FEWEST = 3
"""Nodes of a layer that can be shown at least: the first, how many are left out, the last."""

LINES = ("weight", "gradient")


def draw_network(
    network: Network | MLP,
    x: Any = None,
    y: Any = None,
    gradients: bool = False,
    *,
    loss: Any = None,
    lines: Literal["weight", "gradient"] = "weight",
    number_format: str = ".4g",
    max_nodes: int = 6,
    max_labels: int | None = None,
) -> Picture:
    r"""Draw a network in layers, with its weights and biases as they are at this moment.

    x              one observation, a number per feature, or a table of several: nodes show their activations,
                   of more than two those of the first; Values bring their names
    y              the target of each observation: residuals e = y − a and the loss R follow the outputs
    gradients      whether parameters show their gradients: with a loss its own, ∂R/∂w, else what backward()
                   left in `.grad`; "–" where there is none
    loss           R as a function of (output, target), the lecture's Σ (y − a)² if not given; or a Value
                   that was computed from the network, in place of y
    lines          what the thickness and dashes of a line show, the "weight" or the "gradient"
    number_format  how numbers are written, as in `format(number, ".4g")`
    max_nodes      of a layer with more nodes than this, the first ones and the last are drawn
    max_labels     where there are more lines than this, a table beside the picture has their numbers; by
                   default where labels would be too small on a slide

    Lines are the thicker the larger what they show is, in proportion to the largest that is drawn. In SVG, a
    line shows its weight when it is pointed at. Nothing is stored in the network.

    >>> from nn.lecture import network, observations
    >>> X, y = observations()
    >>> picture = draw_network(network(), X, y, gradients=True)
    >>> "a₁⁽²⁾\\n0.8095\\n0.8827" in picture.dot, "∇R over observations 1–2" in picture.dot
    (True, True)

    Raises TypeError for another module, or what is not a loss; ValueError for observations of other than one
    number per feature, for targets without observations or not one for each, for a loss that is not a
    number or does not depend on the network, for gradients that lines are to show but that were not
    computed, and for fewer than 3 `max_nodes`.
    """
    from .contents import Contents
    from .drawing import NetworkPicture, drawing_of

    most = whole(max_nodes, "draw_network: max_nodes", least=FEWEST)
    labels = None if max_labels is None else whole(max_labels, "draw_network: max_labels", least=0)
    written = settings.number_format("draw_network: number_format", number_format)
    by_gradient = settings.one_of("draw_network: lines", lines, LINES) == "gradient"
    snapshot = Snapshot(network, x, y, loss)
    contents = Contents(snapshot, gradients, by_gradient, written, most)
    return NetworkPicture(drawing_of(contents, labels).dot)
