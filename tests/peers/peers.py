"""The peers, imported where a test needs them; without the extra `peers` such tests are skipped."""

from __future__ import annotations

from functools import cache

import pytest

from .package import Package

__all__ = ["installed", "jax", "peers", "pytorch"]


@cache
def pytorch() -> Package:
    """PyTorch, or the test is skipped."""
    pytest.importorskip("torch")
    from .pytorch import PyTorch

    return PyTorch()


@cache
def jax() -> Package:
    """JAX, or the test is skipped."""
    pytest.importorskip("jax")
    from .jax_numpy import JAX

    return JAX()


def installed() -> list[Package]:
    """Both, or the test is skipped."""
    return [pytorch(), jax()]


peers = pytest.mark.parametrize("peer", [pytorch, jax], ids=["PyTorch", "JAX"])
"""A test is given what imports the peer."""
