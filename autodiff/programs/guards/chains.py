"""What a function reads of what is around it: names, and constant attributes and keys behind them.

    cfg.layers[0].scale   →   cfg, then .layers, then [0], then .scale

They are found in its bytecode, since source may not be had. A name that is assigned once, or that a loop
gives to one entry after another, stands for the chain that it was given.
"""

from __future__ import annotations

import dis
import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from types import CodeType
from typing import Any, Literal, NamedTuple, TypeAlias

Step: TypeAlias = tuple[Literal["attribute", "entry"], Any]
"""One step behind a name: `.key`, or `[key]`."""

ITERATED = ".0"
"""What a comprehension calls that over which it runs, where it is a function of its own."""

SUPER = "super"
"""What stands for the object itself, seen as one of the class above."""

SILENT = {
    "CACHE", "COPY", "COPY_FREE_VARS", "EXTENDED_ARG", "MAKE_CELL", "NOP", "NOT_TAKEN", "PRECALL",
    "PUSH_NULL", "RESUME",
}  # fmt: skip
"""What stands between two steps without changing what is read."""

LOOPING = {"BUILD_LIST", "BUILD_MAP", "BUILD_SET", "FOR_ITER", "LOAD_FAST_AND_CLEAR", "SWAP"}
"""What stands between the start of a loop and its first entry."""

WRITING = {"STORE_ATTR", "STORE_SUBSCR", "DELETE_ATTR", "DELETE_SUBSCR"}


class AccessChain(NamedTuple):
    """A name with its steps; `is_global` says where to look for it.

    With `is_module` it is the name that an import inside the function gives, with a dot for each level.
    `stored` is the name that it, or with `each` one of its entries after another, was assigned to; in a
    comprehension, the code that is called with its entries.
    """

    root: str
    is_global: bool
    path: tuple[Step, ...] = ()
    stored: str | CodeType | None = None
    each: bool = False
    is_module: bool = False


def inner(code: CodeType) -> list[CodeType]:
    """The code of functions inside a function."""
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


@functools.lru_cache(maxsize=1024)
def chains(code: CodeType) -> tuple[AccessChain, ...]:
    """All that are read, in order, but for names that are assigned more than once."""
    steps = list(dis.get_instructions(code))
    changing = {name for name, count in _assigned(code, steps).items() if count > 1}
    found = [x for x in _Reader(code).read(steps) if x.is_global or x.root not in changing]
    return tuple([x._replace(stored=None) if x.stored in changing else x for x in found])


def _assigned(code: CodeType, steps: Sequence[dis.Instruction]) -> Counter[Any]:
    """How often each name of a function is assigned, to a parameter by its caller."""
    count = code.co_argcount + code.co_kwonlyargcount
    names = [*code.co_varnames[:count]]
    for step in steps:
        if step.opname.startswith(("STORE_FAST", "STORE_DEREF")):
            stored = step.argval if isinstance(step.argval, tuple) else (step.argval,)
            names += stored if "LOAD" not in step.opname else stored[:1]
    restored = [step.argval for step in steps if step.opname == "LOAD_FAST_AND_CLEAR"]
    return Counter(names) - Counter(2 * restored)  # behind a comprehension, and where it raises


def _imported(name: str, level: int, wanted: Sequence[str] | None) -> AccessChain:
    """The module that an import gives: without names that are wanted from it, the package around it."""
    return AccessChain("." * level + (name if wanted else name.partition(".")[0]), True, is_module=True)


class _Reader:
    """Reads instructions, with the chain that they are about to extend."""

    def __init__(self, code: CodeType) -> None:
        self.cells = {*code.co_cellvars, *code.co_freevars}
        self.chain: AccessChain | None = None
        self.key: tuple[Any, ...] = ()
        self.each = False
        self.latest: CodeType | None = None
        self.above = False
        self.constants: tuple[Any, ...] = ()
        self.module = AccessChain("", True)

    def read(self, steps: Sequence[dis.Instruction]) -> Iterator[AccessChain]:
        """The chains, each when it ends."""
        for step in steps:
            if step.opname not in SILENT and not self._extended(step.opname, step):
                yield from self._ended(step.opname, step.argval)
                yield from self._begun(step.opname, step.argval)
        yield from self._ended("", None)

    def _extended(self, name: str, step: dis.Instruction) -> bool:
        """Whether an instruction is one more step of the chain."""
        if self.chain is None or self.each:
            return self.each and name in LOOPING
        if name in ("LOAD_ATTR", "LOAD_METHOD") and not self.key:
            return self._stepped(("attribute", step.argval))
        if (
            name in ("LOAD_CONST", "LOAD_SMALL_INT")
            and not self.key
            and not isinstance(step.argval, CodeType)
        ):
            self.key = (step.argval,)
            return True
        if self.key and (name == "BINARY_SUBSCR" or (name == "BINARY_OP" and step.argrepr == "[]")):
            return self._stepped(("entry", self.key[0]))
        if self.chain.is_module and name == "IMPORT_FROM":
            return self._stepped(("attribute", step.argval))
        if self.chain.is_module and name in ("SWAP", "POP_TOP"):  # import a.b as c
            return True
        if name == ("FOR_ITER" if self.chain.root == ITERATED else "GET_ITER") and not self.key:
            self.each = self.chain.root != ITERATED
            return True
        return False

    def _stepped(self, step: Step) -> bool:
        assert self.chain is not None
        self.chain, self.key = self.chain._replace(path=(*self.chain.path, step)), ()
        return True

    def _ended(self, name: str, value: Any) -> Iterator[AccessChain]:
        """The chain, if this instruction ends one that is read."""
        chain, each, key = self.chain, self.each, self.key
        self.chain, self.each, self.key = None, False, ()
        if chain is None or name in WRITING:
            return
        stored: Any = None
        if not key and name.startswith(("STORE_FAST", "STORE_DEREF")):
            stored = value[0] if isinstance(value, tuple) else value
        elif each and name.startswith("CALL"):
            stored = self.latest
        yield chain._replace(stored=stored, each=each)

    def _begun(self, name: str, value: Any) -> Iterator[AccessChain]:
        """Begin a chain with a name."""
        if name in ("LOAD_CONST", "LOAD_SMALL_INT"):
            self.constants = (*self.constants[-1:], value)
            self.latest = value if isinstance(value, CodeType) else self.latest
        elif name == "IMPORT_NAME":
            self.chain = self.module = _imported(value, *self.constants)
        elif name == "IMPORT_FROM":
            self.chain = self.module._replace(path=(("attribute", value),))
        if name in ("LOAD_GLOBAL", "LOAD_NAME"):
            self.chain, self.above = AccessChain(value, True), value == SUPER
        elif name == "LOAD_SUPER_ATTR":
            self.chain = AccessChain(SUPER, True, (("attribute", value),))
        elif name.startswith("CALL") and self.above:
            self.chain, self.above = AccessChain(SUPER, True), False
        elif name.startswith(("LOAD_DEREF", "LOAD_CLASSDEREF")):
            self.chain = AccessChain(value, False)
        elif "LOAD_FAST" in name:
            *first, last = value if isinstance(value, tuple) else (value,)
            if not name.startswith("STORE"):
                yield from [AccessChain(x, False) for x in first if x not in self.cells]
            if last not in self.cells:  # else it is handed to a function inside
                self.chain = AccessChain(last, False)
