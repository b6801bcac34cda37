"""The lecture's network on its own numbers: forward, back propagation, and 100 steps downhill.

    z⁽¹⁾ = w⁽¹⁾x + b⁽¹⁾,   a⁽¹⁾ = σ(z⁽¹⁾),   a₁⁽²⁾ = z₁⁽²⁾ = w⁽²⁾a⁽¹⁾ + b₁⁽²⁾,   R(θ) = Σ (y − a₁⁽²⁾)²

Run `python -m examples.lecture_network [picture.svg]`.
"""

from math import exp, trunc

from autodiff import Value, draw, gradients, sigmoid
from examples import run

# The weights of the second hidden node are not in the text: 0.3, 0.5, 0.6 fit its activations.
THETA = {
    "w₁₁⁽¹⁾": 0.2, "w₁₂⁽¹⁾": 0.4, "b₁⁽¹⁾": 0.1,
    "w₂₁⁽¹⁾": 0.3, "w₂₂⁽¹⁾": 0.5, "b₂⁽¹⁾": 0.6,
    "w₁₁⁽²⁾": 0.6, "w₁₂⁽²⁾": 0.2, "b₁⁽²⁾": 0.4,
}  # fmt: skip
OBSERVATIONS = [{"x₁": 3.0, "x₂": -2.0, "y": 1.2}, {"x₁": -1.0, "x₂": 1.0, "y": 0.7}]
STEP_SIZE, N_STEPS, SHOWN_STEPS = 0.1, 100, (0, 1, 2, 5, 10, 20, 50, 100)
SHOWN = ("x₁", "x₂", "y", "z₁⁽¹⁾", "a₁⁽¹⁾", "z₂⁽¹⁾", "a₂⁽¹⁾", "a₁⁽²⁾", "e")

# Every number that the lecture computes: observation, place, numbers. p/q is ∂p/∂q, /q is ∂a₁⁽²⁾/∂q.
PRINTED = [
    (1, "forward", "z₁⁽¹⁾ -0.1  a₁⁽¹⁾ 0.475  a₂⁽¹⁾ 0.622  a₁⁽²⁾ 0.809"),
    (1, "nudges in layer 2", "/w₁₁⁽²⁾ 0.475  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1  /a₁⁽¹⁾ 0.6  /a₂⁽¹⁾ 0.2"),
    (1, "nudges of z₁⁽¹⁾", "z₁⁽¹⁾/w₁₁⁽¹⁾ 3  z₁⁽¹⁾/w₁₂⁽¹⁾ -2  z₁⁽¹⁾/b₁⁽¹⁾ 1"),
    (1, "nudges of z₂⁽¹⁾", "z₂⁽¹⁾/w₂₁⁽¹⁾ 3  z₂⁽¹⁾/w₂₂⁽¹⁾ -2  z₂⁽¹⁾/b₂⁽¹⁾ 1"),
    (1, "nudges in layer 1", "/w₁₁⁽¹⁾ 0.449  /w₁₂⁽¹⁾ -0.299  /b₁⁽¹⁾ 0.150"),
    (1, "nudges in layer 1", "/w₂₁⁽¹⁾ 0.141  /w₂₂⁽¹⁾ -0.094  /b₂⁽¹⁾ 0.045"),
    (1, "residual (two places)", "e 0.311"),
    (1, "part of −∇R(θ)", "e 0.311  /w₁₁⁽¹⁾ 0.449  /w₁₂⁽¹⁾ -0.299  /b₁⁽¹⁾ 0.150  /w₂₁⁽¹⁾ 0.141"),
    (1, "part of −∇R(θ)", "/w₂₂⁽¹⁾ -0.094  /b₂⁽¹⁾ 0.045  /w₁₁⁽²⁾ 0.455  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1"),
    (2, "forward", "a₁⁽²⁾ 0.88  e -0.18  a₁⁽¹⁾ 0.574  a₂⁽¹⁾ 0.689"),
    (2, "nudges in layer 2", "/w₁₁⁽²⁾ 0.455  /w₁₂⁽²⁾ 0.622  /b₁⁽²⁾ 1"),
]
SLIPS = """\
   b₁⁽²⁾ is ranked before w₁₁⁽²⁾ before w₁₂⁽²⁾, but the nudges are 1, 0.475 and 0.622: w₁₂⁽²⁾ comes second
   w₂₁⁽¹⁾, w₂₂⁽¹⁾ and b₂⁽¹⁾ increase z₂⁽¹⁾ by 3η, −2η and 1η; printed is z₁⁽²⁾
   the part of −∇R(θ) lacks the factor 2:  −∂R/∂θ = 2·e·∂a₁⁽²⁾/∂θ
   −η·2(y − a₁⁽²⁾)·a₁⁽¹⁾ is +η·∂R/∂w₁₁⁽²⁾; printed is −η·∂R/∂w₁₁⁽²⁾"""


def network(theta: dict[str, Value], observation: dict[str, float]) -> dict[str, Value]:
    """Everything the lecture computes for one observation, by name."""
    v = theta | {name: Value(number, name, constant=True) for name, number in observation.items()}
    v["z₁⁽¹⁾"] = v["w₁₁⁽¹⁾"] * v["x₁"] + v["w₁₂⁽¹⁾"] * v["x₂"] + v["b₁⁽¹⁾"]
    v["z₂⁽¹⁾"] = v["w₂₁⁽¹⁾"] * v["x₁"] + v["w₂₂⁽¹⁾"] * v["x₂"] + v["b₂⁽¹⁾"]
    v["a₁⁽¹⁾"], v["a₂⁽¹⁾"] = sigmoid(v["z₁⁽¹⁾"]), sigmoid(v["z₂⁽¹⁾"])
    v["a₁⁽²⁾"] = v["w₁₁⁽²⁾"] * v["a₁⁽¹⁾"] + v["w₁₂⁽²⁾"] * v["a₂⁽¹⁾"] + v["b₁⁽²⁾"]
    v["e"] = v["y"] - v["a₁⁽²⁾"]
    for name, value in v.items():
        value.name = name
    return v


def loss(theta: dict[str, Value]) -> tuple[Value, list[dict[str, Value]]]:
    """R(θ) = Σ e² over both observations, and their networks."""
    networks = [network(theta, observation) for observation in OBSERVATIONS]
    r = networks[0]["e"] ** 2 + networks[1]["e"] ** 2
    r.name = "R(θ)"
    return r, networks


def closed_form(v: dict[str, Value]) -> dict[str, tuple[str, float]]:
    """The lecture's chain rule for ∂a₁⁽²⁾/∂θ, by hand: formula and value for each parameter."""
    n = {name: value.item() for name, value in v.items()}
    slope1, slope2 = (exp(-z) * (1 + exp(-z)) ** -2 for z in (n["z₁⁽¹⁾"], n["z₂⁽¹⁾"]))
    path1, path2, x1, x2 = n["w₁₁⁽²⁾"] * slope1, n["w₁₂⁽²⁾"] * slope2, n["x₁"], n["x₂"]
    return dict(zip(THETA, [
        ("w₁₁⁽²⁾·σ′(z₁⁽¹⁾)·x₁", path1 * x1), ("w₁₁⁽²⁾·σ′(z₁⁽¹⁾)·x₂", path1 * x2), ("w₁₁⁽²⁾·σ′(z₁⁽¹⁾)", path1),
        ("w₁₂⁽²⁾·σ′(z₂⁽¹⁾)·x₁", path2 * x1), ("w₁₂⁽²⁾·σ′(z₂⁽¹⁾)·x₂", path2 * x2), ("w₁₂⁽²⁾·σ′(z₂⁽¹⁾)", path2),
        ("a₁⁽¹⁾", n["a₁⁽¹⁾"]), ("a₂⁽¹⁾", n["a₂⁽¹⁾"]), ("1", 1.0),
    ], strict=True))  # fmt: skip


def compare(v: dict[str, Value], where: str, printed: str) -> None:
    """Print a line for each number of the lecture that is not the computed one, rounded."""
    words = printed.split()
    for quantity, number in zip(words[::2], words[1::2], strict=True):
        p, _, q = quantity.partition("/")
        computed = gradients(v[p or "a₁⁽²⁾"], v[q]) if q else v[p].item()
        digits = len(number.partition(".")[2])
        if f"{computed:.{digits}f}" != number:
            verdict = "truncated" if trunc(computed * 10**digits) / 10**digits == float(number) else "wrong"
            name = f"∂{p or 'a₁⁽²⁾'}/∂{q}" if q else p
            print(f"   {where:<28}{name:<15}{number:>8}{computed:>11.5f}   {verdict}")


def main(path: str = "lecture_network.svg") -> None:
    """Print the lecture's numbers beside ours, and save the graph of R(θ) with its gradients."""
    theta = {name: Value(number, name) for name, number in THETA.items()}
    r, networks = loss(theta)
    r.backward()
    picture = draw(r, direction="TB")  # now, since the descent will change θ
    print("Activations, and the residual e = y − a₁⁽²⁾\n\n     ", *(f"{name:>9}" for name in SHOWN))
    for i, v in enumerate(networks, 1):
        print(f"   {i}. ", *(f"{v[name].item():9.5f}" for name in SHOWN))
    print("\nNudges ∂a₁⁽²⁾/∂θ by the engine and by the lecture's formula, and ∇R(θ) over both observations\n")
    print("   θ        1. engine    formula  2. engine    formula      ∇R(θ)   formula of the nudge")
    for name, parameter in theta.items():
        nudges = [(gradients(v["a₁⁽²⁾"], parameter), *closed_form(v)[name]) for v in networks]
        numbers = "".join(f"{engine:11.6f}{by_hand:11.6f}" for engine, _, by_hand in nudges)
        print(f"   {name:<7}{numbers}{parameter.grad:11.6f}   {nudges[0][1]}")
    print("\nWhere the lecture differs                      printed   computed\n")
    for i, where, printed in PRINTED:
        compare(networks[i - 1], f"{i}. {where}", printed)
    print(SLIPS)
    print(f"\n{N_STEPS} steps of steepest descent, step size s = {STEP_SIZE}\n\n   step    R(θ)")
    for step in range(N_STEPS + 1):
        r, _ = loss(theta)
        if step in SHOWN_STEPS:
            print(f"   {step:4}    {r.item():.9f}")
        for parameter, slope in zip(theta.values(), gradients(r, list(theta.values())), strict=True):
            parameter.data -= STEP_SIZE * slope
    print(f"\nThe graph of R(θ) with its gradients: {picture.save(path)}")


if __name__ == "__main__":
    run(main)
