"""An LSTM by hand: the loop and its gradient as a good engineer writes them in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .perceptron import Array


def sigmoid(z: Any, out: Any) -> None:
    """1/(1 + e⁻ᶻ) into memory."""
    np.negative(z, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=out)
    np.reciprocal(out, out=out)


def lstm(x: Array, weights: tuple[Array, ...]) -> Callable[..., Any]:
    """Σ h², and its gradients by the weights and x: products of all steps outside of the loops."""
    (T, B, n_inputs), H, kind = x.shape, weights[1].shape[1], x.dtype
    sums, slopes = np.empty((T, B, 4 * H), kind), np.empty((T, B, 4 * H), kind)
    hs, cs = np.zeros((T + 1, B, H), kind), np.zeros((T + 1, B, H), kind)
    gates = np.empty((5, T, B, H), kind)  # i, f, g, o, tanh c
    z, u, v, w = np.empty((B, 4 * H), kind), *np.empty((3, B, H), kind)
    dh, dc = np.empty((2, B, H), kind)

    def forward(x: Array, w_ih: Array, w_hh: Array, bias: Array) -> float:
        np.dot(x.reshape(T * B, n_inputs), w_ih.T, out=sums.reshape(T * B, 4 * H))
        np.add(sums, bias, out=sums)
        turned = w_hh.T
        for t in range(T):
            np.dot(hs[t], turned, out=z)
            np.add(z, sums[t], out=z)
            i, f, g, o, tanh_c = gates[:, t]
            sigmoid(z[:, :H], i)
            sigmoid(z[:, H : 2 * H], f)
            np.tanh(z[:, 2 * H : 3 * H], out=g)
            sigmoid(z[:, 3 * H :], o)
            c = cs[t + 1]
            np.multiply(f, cs[t], out=c)
            np.multiply(i, g, out=u)
            np.add(c, u, out=c)
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=hs[t + 1])
        return float(np.vdot(hs[1:], hs[1:]))

    def slope_of_sigmoid(y: Array, g: Array, out: Array) -> None:
        np.subtract(1.0, y, out=v)
        np.multiply(v, y, out=v)
        np.multiply(g, v, out=out)

    def slope_of_tanh(y: Array, g: Array, out: Array) -> None:
        np.multiply(y, y, out=v)
        np.subtract(1.0, v, out=v)
        np.multiply(g, v, out=out)

    def back(w_hh: Array) -> None:
        dh.fill(0.0)
        dc.fill(0.0)
        for t in range(T - 1, -1, -1):
            i, f, g, o, tanh_c = gates[:, t]
            d = slopes[t]
            np.multiply(hs[t + 1], 2.0, out=u)
            np.add(dh, u, out=dh)
            np.multiply(dh, tanh_c, out=u)
            slope_of_sigmoid(o, u, d[:, 3 * H :])
            np.multiply(dh, o, out=u)
            slope_of_tanh(tanh_c, u, w)
            np.add(dc, w, out=dc)
            np.multiply(dc, g, out=u)
            slope_of_sigmoid(i, u, d[:, :H])
            np.multiply(dc, cs[t], out=u)
            slope_of_sigmoid(f, u, d[:, H : 2 * H])
            np.multiply(dc, i, out=u)
            slope_of_tanh(g, u, d[:, 2 * H : 3 * H])
            np.multiply(dc, f, out=dc)
            np.dot(d, w_hh, out=dh)

    def value_and_gradients(x: Array, w_ih: Array, w_hh: Array, b_ih: Array, b_hh: Array) -> Any:
        value = forward(x, w_ih, w_hh, b_ih + b_hh)
        back(w_hh)
        rows = slopes.reshape(T * B, 4 * H)
        db = rows.sum(axis=0)
        dx = np.dot(rows, w_ih).reshape(x.shape)
        return value, (
            rows.T @ x.reshape(T * B, n_inputs),
            rows.T @ hs[:-1].reshape(T * B, H),
            db,
            db.copy(),
            dx,
        )

    return value_and_gradients
