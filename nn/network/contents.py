"""What a diagram of a network has in it: nodes, lines, titles and notes, in words and numbers."""

from __future__ import annotations

from itertools import product

import numpy as np

from autodiff.text.digits import with_minus
from autodiff.text.notation import text_of, visible

from .arrangement import slots
from .notation import indexed
from .snapshot import Parameter, Snapshot
from .strokes import Strokes

LONGEST = 16
"""Letters of a name."""


class Contents:
    """What is drawn of a network, and how it is written. Columns count from 0, the inputs."""

    def __init__(
        self,
        network: Snapshot,
        gradients: bool,
        by_gradient: bool,
        number_format: str,
        max_nodes: int,
    ) -> None:
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
            missing = "give x and y, or a loss, or call backward() first"
            raise ValueError(
                "draw_network: lines='gradient', but there are no gradients; "
                f"{'all parameters are frozen' if network.loss else missing}"
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
        assert loss
        assert loss.targets is not None
        assert seen
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
