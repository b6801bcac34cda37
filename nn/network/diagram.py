"""The layered diagram of a network, Diagram 1 of the lecture.

Nodes stand in columns, weights on the edges between them, each bias above its node; targets, residuals
and the loss follow the outputs. `strokes` says what a line tells.

What is written stands on a light ground, so that pictures are readable on any page. Every place is
computed by `arrangement`: Graphviz only draws.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autodiff import settings
from autodiff.text.digits import with_minus
from autodiff.text.notation import text_of, visible

from ..sizes import whole
from .feedforward import MLP, Network
from .notation import indexed
from .snapshot import Parameter, Snapshot
from .strokes import Strokes

if TYPE_CHECKING:
    from autodiff.pictures.picture import Picture

FEWEST = 3
"""Nodes of a layer that can be shown at least: the first, how many are left out, the last."""

LONGEST = 16  # letters of a name
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
    from .sheet import NetworkPicture, sheet_of

    most = whole(max_nodes, "draw_network: max_nodes", least=FEWEST)
    labels = None if max_labels is None else whole(max_labels, "draw_network: max_labels", least=0)
    written = settings.number_format("draw_network: number_format", number_format)
    by_gradient = settings.one_of("draw_network: lines", lines, LINES) == "gradient"
    snapshot = Snapshot(network, x, y, loss)
    return NetworkPicture(sheet_of(Diagram(snapshot, gradients, by_gradient, written, most), labels).dot)


class Diagram:
    """What is drawn of a network, and how it is written. Columns count from 0, the inputs."""

    def __init__(
        self,
        network: Snapshot,
        gradients: bool,
        by_gradient: bool,
        number_format: str,
        max_nodes: int,
    ) -> None:
        from .arrangement import slots

        self.network, self.gradients, self.number_format = network, gradients, number_format
        self.columns = [slots(size, max_nodes) for size in network.sizes]
        self.weights = {
            (layer, j, k): network.weight(layer, j, k)
            for layer in range(1, len(self.columns))
            for k, j in product(self.nodes(layer - 1), self.nodes(layer))
        }
        self.biases = {
            (layer, j): bias
            for layer in range(1, len(self.columns))
            for j in self.nodes(layer)
            if (bias := network.bias(layer, j))
        }
        parameters = [*self.weights.values(), *self.biases.values()]
        self.strokes = Strokes(parameters, by_gradient)
        if by_gradient and all(parameter.grad is None for parameter in parameters):
            raise ValueError(
                "draw_network: lines='gradient', but there are no gradients; give x and y, or a loss, "
                "or call backward() first"
            )

    def nodes(self, column: int) -> list[int]:
        """The numbers of the nodes that are drawn."""
        return [j for j in self.columns[column] if j]

    # -- words -------------------------------------------------------------------------------------

    def number(self, number: float | None) -> str:
        """A number as it is written; a dash for none."""
        return with_minus(text_of(number, self.number_format))

    def parameter(self, parameter: Parameter) -> list[str]:
        """w₁₁⁽¹⁾ = 0.2, and its gradient below."""
        first = f"{visible(parameter.name, LONGEST)} = {self.number(parameter.number)}"
        if not self.gradients:
            return [first]
        loss, letter = self.network.loss, parameter.name[:1]
        sign = f"∂{self.loss_name}/∂{letter if letter in 'wb' else 'θ'}" if loss else "grad"
        return [first, f"{sign} {self.number(parameter.grad)}"]

    @property
    def loss_name(self) -> str:
        """R, or as it was named."""
        return visible(self.network.loss.name, LONGEST) if self.network.loss else ""

    def node(self, column: int, j: int) -> list[str]:
        """The name of a node, and its activations."""
        name = indexed("a", j, layer=column) if column else self.network.names[j - 1]
        shown = self.network.activations[column][j - 1] if self.network.activations else ()
        return [visible(name, LONGEST), *map(self.number, shown)]

    def title(self, column: int) -> list[str]:
        """What a column is."""
        if not column:
            return ["inputs", "x"]
        output = ", output" if column == len(self.columns) - 1 else ""
        return [f"layer ({column}){output}", visible(self.network.formula(column), 2 * LONGEST)]

    def residual(self, j: int) -> list[str]:
        """The name of a residual, and its numbers."""
        name = "e" if self.network.sizes[-1] == 1 else indexed("e", j)
        return [name, *map(self.number, self.network.residuals[j - 1] if self.network.residuals else ())]

    def target(self, j: int) -> list[str]:
        """The targets of an output, for the observations that are shown."""
        loss, seen = self.network.loss, self.network.observed
        assert loss and loss.targets is not None and seen
        shown = loss.targets[: len(seen.shown)]
        shown = shown[:, j - 1] if self.network.residuals else shown
        name = indexed("y", j) if self.network.residuals and self.network.sizes[-1] > 1 else "y"
        written = (text_of(np.asarray(entry, float)[()], self.number_format) for entry in shown)
        return [f"{name} = {with_minus(', '.join(written))}"]

    @property
    def table_head(self) -> list[str]:
        """What the columns of the table are."""
        sign = f"∂{self.loss_name}/∂θ" if self.network.loss else "grad"
        return ["θ", "number", sign] if self.gradients else ["θ", "number"]

    @property
    def table(self) -> list[list[str]]:
        """A row for each line that is drawn, layer by layer: name, number, gradient."""
        keyed = [((layer, j, 0, k), weight) for (layer, j, k), weight in self.weights.items()]
        keyed += [((layer, j, 1, 0), bias) for (layer, j), bias in self.biases.items()]
        rows = [parameter for _, parameter in sorted(keyed)]
        cells = [[visible(x.name, LONGEST), self.number(x.number), self.number(x.grad)] for x in rows]
        return [row[: len(self.table_head)] for row in cells]

    @property
    def notes(self) -> list[str]:
        """What the numbers are of."""
        source = self.network.loss.gradient if self.network.loss else "as backward() left them in .grad"
        gradient = f"gradients: {source}" if self.gradients or self.strokes.by_gradient else ""
        return [note for note in (gradient, self.network.shown) if note]

    @property
    def meaning(self) -> str:
        """What thickness is."""
        if not self.strokes.by_gradient:
            return "|w|, |b|"
        return f"|∂{self.loss_name}/∂θ|" if self.network.loss else "|grad|"
