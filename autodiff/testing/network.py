"""Random networks with a loss and data that fit them, and the code that makes them anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from ..graph import Graph
from ..settings import chosen
from .data_set import SMALL, Size, data_sets, drawn, least_outputs
from .domains import Domain
from .dtypes import of_dtype
from .literals import literal
from .strategies import arrays

Names = str | Sequence[str] | SearchStrategy[str]

LOSSES = {
    "squared_error": ("numbers", None),
    "mean_squared_error": ("numbers", None),
    "absolute_error": ("numbers", None),
    "huber": ("numbers", None),
    "binary_cross_entropy": ("binary", "identity"),
    "cross_entropy": ("labels one-hot probabilities", "identity"),
    "negative_log_likelihood": ("labels one-hot", "log_softmax"),
    "hinge": ("labels signs", "identity"),
}
"""Of each loss, the targets that it wants, and the output activation; None where it may be any."""

WEIGHTS = Domain(-2.0, 2.0, exclude=(0.0,))
"""What parameters are drawn from: not 0, which stops gradients, nor so large that all nodes saturate."""

CLEAR = 1.0 / 64.0
"""How far from its kink the argument of each operation is."""


@dataclass(frozen=True, repr=False, eq=False)
class NetworkCase:
    """A network, a loss, and the data it is to fit: calling it computes the loss, a Value.

    It unpacks as `model, loss, X, y`. `code` is Python that makes all four when pasted, and the repr.
    """

    model: Any
    loss: Any
    X: Any
    y: Any
    code: str

    def __call__(self) -> Any:
        """The loss of the model on the data."""
        return self.loss(self.model(self.X), self.y)

    def __iter__(self) -> Iterator[Any]:
        return iter((self.model, self.loss, self.X, self.y))

    def __repr__(self) -> str:
        return self.code

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """As hypothesis prints it in a failing test: lines begin at the margin, to be pasted."""
        printer.text(f"\n{self.code}\n")


@dataclass(frozen=True)
class _Made:
    """A call of something of `nn`, which can be made and written."""

    name: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]

    def make(self) -> Any:
        from autodiff import nn

        arguments = (part.make() if isinstance(part, _Made) else part for part in self.arguments)
        return getattr(nn, self.name)(*arguments, **self.options)

    @property
    def code(self) -> str:
        """As Python writes it; numbers, names and lists are their reprs."""
        arguments = (part.code if isinstance(part, _Made) else repr(part) for part in self.arguments)
        options = (f"{name}={value!r}" for name, value in self.options.items())
        return f"nn.{self.name}({', '.join([*arguments, *options])})"


# -- what a network is made of ---------------------------------------------------------------------


def _model(form: str, sizes: list[int], activations: list[str], options: dict[str, Any]) -> _Made:
    """A Sequential of layers, or an MLP or a Network, with one activation in all hidden layers."""
    if form == "Sequential":
        layers = [
            [_Made("Linear", pair, options), *[g] * (g != "identity")]
            for pair, g in zip(pairwise(sizes), activations, strict=True)
        ]
        return _Made(form, (*chain.from_iterable(layers),), {})
    *hidden, output = activations
    names = {"activation": hidden[0], "output": output} if hidden else {"output": output}
    return _Made(form, (sizes[0], sizes[1:]), names | options)


def _name(draw: DrawFn, given: Names | None, offered: Mapping[str, Any], what: str) -> str:
    """One of the names given, or of all that are offered; checked, since it becomes code."""
    if isinstance(given, SearchStrategy):
        name = draw(given)
    else:
        name = draw(st.sampled_from([given] if isinstance(given, str) else [*(given or offered)]))
    chosen(what, name, offered)
    return name


def _options(draw: DrawFn, initialize: Names | None, dtype: np.dtype[Any]) -> dict[str, Any]:
    """What the model, or each of its layers, is made with besides sizes and activations."""
    from autodiff import nn

    options: dict[str, Any] = {} if dtype == np.float64 else {"dtype": dtype.name}
    if initialize is not None:
        options["initialize"] = _name(draw, initialize, nn.initialize.INITIALIZERS, "initialiser")
        options["seed"] = draw(st.integers(0, 99))
    return options


def _sizes(draw: DrawFn, n_inputs: Size, sizes: Any, least: int) -> list[int]:
    """Nodes of all layers, the inputs and the outputs included. Sizes that were not given suit the loss."""
    if sizes is None:
        hidden = draw(st.lists(st.integers(1, 3), max_size=2))
        return [drawn(draw, n_inputs), *hidden, draw(st.integers(least, 3))]
    return [drawn(draw, n_inputs), *drawn(draw, sizes)]


def _settled(draw: DrawFn, model: Any, dtype: np.dtype[Any]) -> str:
    """Draw the parameters; the code that assigns them."""
    data = [draw(arrays(parameter.shape, dtype, WEIGHTS)) for parameter in model.parameters()]
    for parameter, entries in zip(model.parameters(), data, strict=True):
        parameter.data = entries
    lines = "".join(f"    {literal(entries)},\n" for entries in data)
    return f"for parameter, data in zip(model.parameters(), [\n{lines}]):\n    parameter.data = data"


def clear_of_kinks(output: Any) -> bool:
    """Whether a recorded graph is away from the kinks that its operations declare.

    A function of one argument has its kink at 0, and one that selects among several where the first equals
    another: a bound.
    """
    graph = Graph(output)
    kinked = [
        node
        for node in graph
        if node.operation and node.operation.kink and (len(node.inputs) == 1 or node.operation.selecting)
    ]
    return all(
        np.all(np.abs(np.subtract(graph[node.inputs[0]].data, other)) >= CLEAR)
        for node in kinked
        for other in ([graph[i].data for i in node.inputs[1:]] or [0.0])
    )


@st.composite
def networks(
    draw: DrawFn,
    n_inputs: Size = SMALL,
    sizes: Sequence[int] | SearchStrategy[Sequence[int]] | None = None,
    activations: Names | None = None,
    losses: Names | None = None,
    initialize: Names | None = None,
    scalars: bool = False,
    kinks: bool = False,
    n_observations: Size = SMALL,
    dtype: Any = np.float64,
) -> NetworkCase:
    """Networks of fully connected layers with a loss and data: `case()` computes the loss.

    n_inputs, sizes     features, and the nodes of each layer, the output layer included, as in `nn.MLP`
    activations         names: of the hidden layers, and of the output where the loss allows any
    losses              names; the targets drawn are those that the loss wants
    initialize          names of initialisers, drawn with a seed; by default parameters are drawn
                        like numbers, 0 left out, so that they shrink to 1
    scalars             `nn.Network`, the lecture's form in numbers, in place of `nn.MLP` and `nn.Sequential`
    kinks               whether rectifiers, and absolute errors, may be near their kinks
    n_observations      rows of X and y
    dtype               of parameters and data, if not scalars

    Sizes and the dtype may be strategies; names are one, several, or a strategy. Cases shrink to one layer of
    one node on one observation, with parameters 1 unless that is a kink; their repr is code that runs when
    pasted.

    Raises ValueError for unknown names, and for fewer than two outputs where the loss compares classes.

    >>> from hypothesis import find
    >>> find(networks(losses="squared_error"), lambda case: True)
    import numpy as np
    import nn
    <BLANKLINE>
    model = nn.MLP(1, [1], output='identity')
    for parameter, data in zip(model.parameters(), [
        np.array([[1.0]]),
        np.array([1.0]),
    ]):
        parameter.data = data
    loss = nn.squared_error
    X = np.array([[0.0]])
    y = np.array([[0.0]])
    """
    from autodiff import nn

    loss = _name(draw, losses, LOSSES, "loss")
    forms, output = LOSSES[loss]
    targets = draw(st.sampled_from(forms.split()))
    widths = _sizes(draw, n_inputs, sizes, least_outputs(targets))
    held = np.dtype(np.float64) if scalars else draw(of_dtype(dtype, st.just, "networks"))
    options = _options(draw, initialize, held)
    form = "Network" if scalars else draw(st.sampled_from(["MLP", "Sequential"]))
    each = [activations] * len(widths[2:]) + [output or activations]
    names = [_name(draw, given, nn.activations.ACTIVATIONS, "activation") for given in each]
    made = _model(form, widths, names, options)
    data = draw(data_sets(targets, n_observations, widths[0], widths[-1], held))
    model = made.make()
    lines = [f"model = {made.code}"]
    if initialize is None:
        lines.append(_settled(draw, model, held))
    lines += [f"loss = nn.{loss}", f"X = {literal(data.X)}", f"y = {literal(data.y)}"]
    case = NetworkCase(
        model, getattr(nn, loss), *data, "\n".join(["import numpy as np", "import nn", "", *lines])
    )
    assume(kinks or clear_of_kinks(case()))
    return case
