"""The transformer's block by hand in NumPy: loss and gradient in place, with buffers made once.

What a good engineer does: the three projections of a head are one product; each product of heads is written
where the next reads it, so that nothing is copied into another order; the scores lie with the keys first,
so that the largest of a row, and sums over it, run along memory; sums over rows are products with ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import add, divide, dot, exp, matmul, multiply, reciprocal, sqrt, square, subtract

from .libraries import Arrays

__all__ = ["by_hand"]

LINEAR = 2.0 * math.sqrt(2.0 / math.pi)
CUBIC = 0.044715 * LINEAR


def by_hand(x: Any, heads: int, hidden: int) -> Callable[..., tuple[Any, Arrays]]:
    """Loss and gradient as a function of the parameters."""
    batch, steps, d = x.shape
    n, width, of = batch * steps, d // heads, x.dtype
    scale, share = 1.0 / math.sqrt(width), np.full(d, 1.0 / d, of)
    rows, keys = np.ones(n, of), np.ones(steps, of)
    x = x.reshape(n, d)
    centred = x - x.mean(axis=1, keepdims=True)
    x_hat = centred / sqrt(square(centred).mean(axis=1, keepdims=True) + 1e-5)

    def empty(*shape: int) -> Any:
        return np.empty(shape, of)

    def of_heads(z: Any) -> Any:
        return z.reshape(batch, steps, heads, width).swapaxes(1, 2)

    def scores() -> tuple[Any, Any]:
        s = empty(steps, batch * heads * steps)
        return s, s.reshape(steps, batch, heads, steps).transpose(1, 2, 3, 0)

    h, weights, three, d_three = empty(n, d), empty(d, 3 * d), empty(n, 3 * d), empty(n, 3 * d)
    q, k, v = (of_heads(three[:, i * d : i * d + d]) for i in range(3))
    dq, dk, dv = (of_heads(d_three[:, i * d : i * d + d]) for i in range(3))
    (s, shares), (ds, d_shares) = scores(), scores()
    work = empty(*s.shape)
    per_query = empty(s.shape[1])
    mixed, x1, x2_hat, h2, y, a, b = (empty(n, d) for _ in range(7))
    z, z2, gate, act, dz = (empty(n, hidden) for _ in range(5))
    per_row, deviation = empty(n), empty(n)
    column, of_deviation = per_row[:, None], deviation[:, None]
    projections = empty(d, 3 * d)
    gradient = [empty(d), empty(d), *(projections[:, i * d : i * d + d] for i in range(3)), empty(d, d)]
    gradient += [empty(d), empty(d), empty(d, hidden), empty(hidden), empty(hidden, d), empty(d)]

    def step(*θ: Any) -> tuple[Any, Arrays]:
        γ1, β1, wq, wk, wv, out, γ2, β2, w1, b1, w2, b2 = θ
        multiply(x_hat, γ1, out=h)
        add(h, β1, out=h)
        multiply(wq, scale, out=weights[:, :d])
        weights[:, d : 2 * d] = wk
        weights[:, 2 * d :] = wv
        dot(h, weights, out=three)
        matmul(q, k.swapaxes(-1, -2), out=shares)
        np.maximum.reduce(s, axis=0, out=per_query)
        subtract(s, per_query, out=s)
        exp(s, out=s)
        dot(keys, s, out=per_query)
        divide(s, per_query, out=s)
        matmul(shares, v, out=of_heads(mixed))
        dot(mixed, out, out=x1)
        add(x1, x, out=x1)
        dot(x1, share, out=per_row)
        subtract(x1, column, out=x2_hat)
        square(x2_hat, out=a)
        dot(a, share, out=deviation)
        add(deviation, 1e-5, out=deviation)
        sqrt(deviation, out=deviation)
        reciprocal(deviation, out=deviation)
        multiply(x2_hat, of_deviation, out=x2_hat)
        multiply(x2_hat, γ2, out=h2)
        add(h2, β2, out=h2)
        dot(h2, w1, out=z)
        add(z, b1, out=z)
        # gelu
        square(z, out=z2)
        multiply(z2, -CUBIC, out=gate)
        subtract(gate, LINEAR, out=gate)
        multiply(gate, z, out=gate)
        exp(gate, out=gate)
        add(gate, 1.0, out=gate)
        reciprocal(gate, out=gate)
        multiply(z, gate, out=act)
        dot(act, w2, out=y)
        add(y, x1, out=y)
        add(y, b2, out=y)
        flat = y.ravel()
        loss = flat.dot(flat) / y.size
        multiply(y, 2.0 / y.size, out=y)
        dot(rows, y, out=gradient[11])
        dot(act.T, y, out=gradient[10])
        dot(y, w2.T, out=dz)
        # gelu
        multiply(z2, 3.0 * CUBIC, out=z2)
        add(z2, LINEAR, out=z2)
        multiply(z2, act, out=z2)
        subtract(1.0, gate, out=act)
        multiply(z2, act, out=z2)
        add(z2, gate, out=z2)
        multiply(dz, z2, out=dz)
        dot(rows, dz, out=gradient[9])
        dot(h2.T, dz, out=gradient[8])
        dot(dz, w1.T, out=a)
        dot(rows, a, out=gradient[7])
        multiply(a, x2_hat, out=b)
        dot(rows, b, out=gradient[6])
        multiply(a, γ2, out=a)
        dot(a, share, out=per_row)
        multiply(a, x2_hat, out=b)
        subtract(a, column, out=a)
        dot(b, share, out=per_row)
        multiply(x2_hat, column, out=b)
        subtract(a, b, out=a)
        multiply(a, of_deviation, out=a)
        add(y, a, out=y)
        dot(mixed.T, y, out=gradient[5])
        dot(y, out.T, out=a)
        d_mixed = of_heads(a)
        matmul(shares.swapaxes(-1, -2), d_mixed, out=dv)
        matmul(d_mixed, v.swapaxes(-1, -2), out=d_shares)
        multiply(ds, s, out=work)
        dot(keys, work, out=per_query)
        subtract(ds, per_query, out=ds)
        multiply(ds, s, out=ds)
        matmul(d_shares, k, out=dq)
        matmul(d_shares.swapaxes(-1, -2), q, out=dk)
        dot(h.T, d_three, out=projections)
        multiply(gradient[2], scale, out=gradient[2])
        dot(d_three, weights.T, out=a)
        dot(rows, a, out=gradient[1])
        multiply(a, x_hat, out=b)
        dot(rows, b, out=gradient[0])
        return loss, gradient

    return step
