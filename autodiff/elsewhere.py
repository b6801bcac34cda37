"""Names that users of micrograd, PyTorch, JAX and HIPS autograd look for, and what to use for them here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from inspect import getattr_static
from typing import Any, NoReturn

LEAF = "use autodiff.Value"
RULE = "use autodiff.elementwise, or autodiff.primitive: an operation with the rule that you give it"
COLUMNS = (
    "use arrays with a row per example, which every operation takes; autodiff.jacobian of the losses of all "
    "examples is the gradient of each"
)

PACKAGE = {
    "Tensor": LEAF,
    "tensor": LEAF,
    "Variable": LEAF,
    "numpy": "use NumPy itself, whose functions record Values: np.exp(x)",
    "np": "use NumPy itself, whose functions record Values: np.exp(x)",
    "backward": "use y.backward(), or autodiff.gradients",
    "elementwise_grad": "use autodiff.grad of the sum: grad(lambda x: f(x).sum())",
    "egrad": "use autodiff.grad of the sum: grad(lambda x: f(x).sum())",
    "multigrad": "use autodiff.grad(f, argnums=(0, 1))",
    "multigrad_dict": "use autodiff.grad of a function of a dict",
    "holomorphic_grad": "there is none: a Value holds real numbers",
    "hessian_vector_product": "use autodiff.hvp",
    "hessian_tensor_product": "use autodiff.hvp",
    "vector_jacobian_product": "use autodiff.vjp",
    "make_vjp": "use autodiff.vjp",
    "make_jvp": "use autodiff.jvp",
    "make_hvp": "use autodiff.hvp",
    "jacrev": "use autodiff.jacobian",
    "jacfwd": "use autodiff.jacobian, which goes by columns where that is cheaper",
    "linearize": "use autodiff.jvp",
    "custom_vjp": RULE,
    "custom_jvp": RULE,
    "custom_gradient": RULE,
    "Function": RULE,
    "defvjp": RULE,
    "stop_gradient": "use x.detach()",
    "register_pytree_node": "use autodiff.register_structure",
    "vmap": COLUMNS,
    "pmap": COLUMNS,
    "checkpoint": "use autodiff.scan(step, carry, xs, checkpoint=k), which computes the steps between again",
    "enable_grad": "Values record outside of autodiff.no_grad()",
    "set_grad_enabled": "use autodiff.no_grad()",
    "inference_mode": "use autodiff.no_grad()",
    "gradcheck": "use autodiff.check_gradients",
    "gradgradcheck": "use autodiff.check_gradients(f, x, order=2)",
    "check_grads": "use autodiff.check_gradients",
    "set_detect_anomaly": "use autodiff.detect_anomaly()",
    "draw_dot": "use autodiff.draw(y)",
    "make_dot": "use autodiff.draw(y)",
    "trace_graph": "use autodiff.tree(y), or the inputs of each Value",
    "Module": "use nn.Module",
    "Neuron": "use nn.Neuron",
    "Layer": "use nn.Layer",
    "MLP": "use nn.Network; with activation='relu' it is micrograd's",
    "abs": "use autodiff.absolute",
    "pow": "use autodiff.power",
    "mm": "use autodiff.matmul",
    "cat": "use autodiff.concatenate",
    "permute": "use autodiff.transpose(x, axes)",
    "unsqueeze": "use autodiff.expand_dims",
    "from_numpy": LEAF,
    "zeros": "use autodiff.Value(np.zeros(shape))",
    "ones": "use autodiff.Value(np.ones(shape))",
    "randn": "use autodiff.Value(np.random.default_rng(0).normal(size=shape))",
}
"""By the name in micrograd, PyTorch, JAX or HIPS autograd, for which `autodiff` stands here."""

CONSTANT = "a Value is a variable unless it is made with constant=True, or frozen by x.constant = True"
IN_PLACE = "assign to a leaf's data, x.data = …; a recorded Value is not changed in place"
OF_NUMPY = "a Value is where its array is: make it of an array of CuPy or Dask"

OF_VALUE = {
    "requires_grad": CONSTANT,
    "requires_grad_": CONSTANT,
    "is_leaf": "use operation, which is None for a leaf",
    "grad_fn": "use operation, and inputs",
    "next_functions": "use inputs",
    "_prev": "use inputs",
    "_op": "use operation",
    "_backward": "the rule is declared with the operation: see operation",
    "label": "use name",
    "retain_grad": "backward() stores the gradient of inner Values, too",
    "retain_graph": "a graph may be walked again",
    "register_hook": "autodiff.gradients(y, inner) is the gradient of an inner Value, returned",
    "numpy": "use data",
    "values": "use data",
    "to": f"use astype for a dtype; {OF_NUMPY}",
    "cpu": OF_NUMPY,
    "cuda": OF_NUMPY,
    "device": OF_NUMPY,
    "double": "use astype(np.float64)",
    "float": "use astype(np.float32); item() for a Python number",
    "type": "use astype",
    "clone": "use +x",
    "contiguous": "a Value is",
    "detach_": "use detach()",
    "zero_": "use zero_grad() for the gradient, or an assignment to data",
    "add_": IN_PLACE,
    "sub_": IN_PLACE,
    "mul_": IN_PLACE,
    "copy_": IN_PLACE,
    "fill": IN_PLACE,
    "view": "use reshape",
    "view_as": "use reshape(other.shape)",
    "permute": "use transpose",
    "t": "use T",
    "dim": "use ndim",
    "numel": "use size",
    "unsqueeze": "use x[None], or autodiff.expand_dims(x, axis)",
    "expand": "use autodiff.broadcast_to(x, shape)",
    "mm": "use x @ y",
    "bmm": "use x @ y",
    "pow": "use x ** n",
    "abs": "use abs(x)",
    "sub": "use x - y",
    "mul": "use x * y",
    "div": "use x / y",
    "neg": "use -x",
}
"""By the name of a Tensor's attribute in PyTorch, or of a Value's in micrograd."""

ARGUMENTS = {
    "Value": {
        "requires_grad": "a Value is a variable unless it is made with constant=True",
        "label": "use name",
        "_children": RULE,
        "_op": RULE,
        "device": OF_NUMPY,
        "dtype": "give data of that dtype, such as np.float32(3.0) or an array",
    },
    "backward": {
        "retain_graph": "a graph may be walked again",
        "create_graph": "use autodiff.gradients(y, x, create_graph=True), or hessian",
        "gradient": "use seed",
        "inputs": "use autodiff.gradients(y, inputs)",
    },
}
"""By the function here: arguments of others, and what to give in their place."""


def refusal(owner: str, name: str, here: Mapping[str, str]) -> str:
    """What to say about a name that `owner` does not have.

    >>> refusal("module 'autodiff'", "stop_gradient", PACKAGE)
    "module 'autodiff' has no attribute 'stop_gradient': use x.detach()"
    """
    told = f"{owner} has no attribute {name!r}"
    return f"{told}: {here[name]}" if name in here else told


def refuse_arguments(function: str, named: Mapping[str, Any], here: Mapping[str, str]) -> NoReturn:
    """Raise TypeError for arguments that a function does not have."""
    name = next(iter(named))
    instead = here.get(name)
    told = f"{function}() got an unexpected keyword argument {name!r}"
    raise TypeError(f"{told}: {instead}" if instead else told)


def answering(
    package: str, offered: Iterable[str], later: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package that offers names, and answers those in its `elsewhere`.

    `later` are names that it also offers, with the modules in it that are imported when one is asked for.
    """
    later = later or {}

    def answer(name: str) -> Any:
        if name in later:
            return getattr(import_module(f"{package}.{later[name]}"), name)
        here = import_module(f"{package}.elsewhere").HERE
        raise AttributeError(refusal(f"module {package!r}", name, here))

    return answer, lambda: sorted({*offered, *later})


class Unknown:
    """An attribute that there is not, which says so where it is read; it may be set, or be a subclass's.

    A descriptor for each known name, since `__getattr__` would make every other attribute of a class slower,
    and hide the errors of its properties.
    """

    def __init__(self, told: str) -> None:
        self.__doc__ = told

    def __get__(self, instance: Any, owner: Any = None) -> NoReturn:
        raise AttributeError(self.__doc__)


class Absent(Unknown):
    """One that may not be set either."""

    def __set__(self, instance: Any, new: Any) -> NoReturn:
        raise AttributeError(self.__doc__)


class Answering:
    """An object with such attributes, which it does not list."""

    __slots__ = ()

    def __dir__(self) -> list[str]:
        names = object.__dir__(self)
        return [name for name in names if not isinstance(getattr_static(self, name, None), Unknown)]


class NamesElsewhere(Answering):
    """What a Tensor of PyTorch has, or a Value of micrograd, and a Value here has by another name."""

    __slots__ = ()
