"""The live page of a network with data: its programs compute what Python does, and bad data are refused."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import numpy as np
import pytest

import nn
import nn.lecture
from autodiff import Value, gradients
from tests.autodiff.test_animation import laid_out
from tests.javascript import entries, literal, run

MODEL = "".join(
    (files(package) / name).read_text(encoding="utf-8")
    for package, name in (("autodiff.programs.javascript", "descent.js"), ("autodiff.live", "model.js"))
)


def known(page):
    """What a page knows besides its programs."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.DOTALL)
    assert found
    return json.loads(found[1])


def computed(page, theta, script="out.push(computed(x))"):
    """What the page computes at parameters, in node."""
    at = f"[{', '.join(map(literal, theta))}]"
    return run(
        f"const data = {json.dumps(known(page))}, programs = {page._programs};\n{MODEL}\nx = {at};\n{script};"
    )


def data(n_features=2, n=12, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n_features))


class Line(nn.Module):
    """A module of one's own: numbers and an array as parameters, one of them frozen."""

    def __init__(self):
        self.slope = Value([[0.5], [-0.25]], "V")
        self.intercept = Value(0.1, "c")
        self.shift = Value(0.75, "shift", constant=True)

    def forward(self, x):
        return x @ self.slope + self.intercept * self.shift


NETWORKS = {
    "lecture": lambda: nn.lecture.network(),
    "mlp": lambda: nn.MLP(2, [4, 1], "tanh", seed=1),
    "relu": lambda: nn.Network(2, [3, 3, 1], "relu", seed=2),
    "sequential": lambda: nn.Sequential(nn.Linear(2, 3, seed=0), nn.sigmoid, nn.Linear(3, 1, seed=1)),
    "normalised": lambda: nn.Sequential(nn.Linear(2, 3, seed=0), nn.LayerNorm(3), nn.Linear(3, 1, seed=1)),
    "dropout": lambda: nn.Sequential(
        nn.Linear(2, 3, seed=0), nn.Dropout(0.5, seed=1), nn.Linear(3, 1, seed=1)
    ),
    "own": Line,
}
THREE = {
    "mlp": lambda: nn.MLP(2, [4, 3], "tanh", seed=1),
    "network": lambda: nn.Network(2, [3, 3], "sigmoid", seed=2),
}
NUMBERS = data(1, seed=1)[:, 0]
LABELS = np.arange(12) % 2
CLASSES = np.arange(12) % 3
SINGLE = {
    "squared_error": NUMBERS,
    "mean_squared_error": NUMBERS[:, None],
    "absolute_error": NUMBERS,
    "huber": NUMBERS,
    "smooth_l1": NUMBERS,
    "poisson_negative_log_likelihood": CLASSES,
    "hinge": 2 * LABELS - 1,
    "binary_cross_entropy": LABELS,
}
SEVERAL = {
    "squared_error": data(3, seed=2),
    "mean_squared_error": data(3, seed=2),
    "absolute_error": data(3, seed=2),
    "huber": data(3, seed=2),
    "smooth_l1": data(3, seed=2),
    "poisson_negative_log_likelihood": data(3, seed=2) ** 2,
    "hinge": CLASSES,
    "cross_entropy": CLASSES,
    "binary_cross_entropy": np.eye(3)[CLASSES],
}
CASES = [
    *[(NETWORKS[name], loss, y) for name in NETWORKS for loss, y in SINGLE.items()],
    *[(THREE[name], loss, y) for name in THREE for loss, y in SEVERAL.items()],
    *[
        (lambda: nn.Sequential(nn.Linear(2, 3, seed=0), nn.log_softmax), loss, y)
        for loss, y in {
            "negative_log_likelihood": CLASSES,
            "kl_divergence": np.random.default_rng(4).dirichlet(np.ones(3), 12),
        }.items()
    ],
]


def test_every_loss_is_tried():
    refused = {"gaussian_negative_log_likelihood"}
    assert {loss for _, loss, _ in CASES} == set(nn.losses.__all__) - refused
    for loss in refused:
        with pytest.raises(TypeError, match=rf"play: {loss} also needs the variance"):
            nn.play(NETWORKS["mlp"](), data(), NUMBERS, loss)


def parameters(model):
    """All in a row."""
    return entries(parameter.data for parameter in model.parameters())


def moved(model, seed=3):
    """Other parameters."""
    rng = np.random.default_rng(seed)
    for parameter in model.parameters():
        parameter.data = parameter.data + rng.normal(size=parameter.shape)
    return parameters(model)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize(("make", "name", "y"), CASES)
def test_the_page_computes_the_loss_of_python_and_its_gradient(make, name, y, reduction):
    loss = lambda a, y: getattr(nn, name)(a, y, reduction)  # noqa: E731
    model, X = make(), data()
    page = nn.play(model, X, y, loss)
    model.eval()
    free = [parameter for parameter in model.parameters() if not parameter.constant]
    points, wanted = [], []
    for place in (parameters, moved):
        points.append(place(model))
        R = loss(model(X), y)
        wanted.append([R.item(), *entries(gradients(R, free))])
    other = f"[{', '.join(map(literal, points[1]))}]"
    found = computed(page, points[0], f"out.push(computed(x), computed({other}))")
    for got, right in zip(found, wanted, strict=True):
        assert got[: len(right)] == pytest.approx(right, rel=1e-12, abs=1e-14)


def test_where_the_loss_is_0_a_mean_is_still_a_mean():
    model, X = nn.MLP(2, [1], seed=1), data()
    y = model(X).data
    for loss in (nn.squared_error, nn.mean_squared_error):
        page = nn.play(model, X, y, loss)
        other = nn.MLP(2, [1], seed=1)
        theta = moved(other)
        assert computed(page, theta)[0][0] == pytest.approx(loss(other(X), y).item(), rel=1e-12)


def test_the_hessian_is_the_engines():
    model, X = nn.MLP(2, [3, 1], "tanh", seed=1), data()
    (H,) = computed(nn.play(model, X, NUMBERS), parameters(model), "out.push(hessian(x))")
    theta = model.parameters()
    slopes = gradients(nn.squared_error(model(X), NUMBERS), theta, create_graph=True)
    flat = [g[i] for g in slopes for i in np.ndindex(g.shape)]
    right = [entries(gradients(g, theta)) for g in flat]
    np.testing.assert_allclose(H, right, rtol=1e-10, atol=1e-11)


def test_what_is_seen_are_outputs_or_the_losses_of_classes():
    model, X = nn.MLP(2, [4, 1], "tanh", seed=1), data()
    theta = parameters(model)
    rows = "out.push(...data.observations.map((row) => programs.seen([...x, ...row.slice(0, 2)])))"
    outputs = computed(nn.play(model, X, NUMBERS), theta, rows)
    np.testing.assert_allclose(outputs, model(X).data, rtol=1e-12)
    losses = np.array(computed(nn.play(model, X, LABELS, nn.binary_cross_entropy), theta, rows))
    np.testing.assert_allclose(losses[:, 0] - losses[:, 1], model(X).data[:, 0], rtol=1e-9)


# -- what is shown ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_features", "n_outputs", "y", "loss", "kind", "of_classes"),
    [
        (1, 1, NUMBERS, "squared_error", "curve", False),
        (1, 1, LABELS, "squared_error", "curve", False),
        (1, 1, LABELS, "binary_cross_entropy", "curve", True),
        (1, 3, CLASSES, "cross_entropy", "targets", True),
        (2, 1, 2 * LABELS - 1, "hinge", "regions", True),
        (2, 1, LABELS, "squared_error", "regions", True),
        (2, 3, np.eye(3)[CLASSES], "cross_entropy", "regions", True),
        (2, 1, NUMBERS, "squared_error", "targets", False),
        (3, 3, CLASSES, "hinge", "targets", True),
        (3, 2, data(2), "huber", "targets", False),
    ],
)
def test_the_picture_is_of_what_the_data_are(n_features, n_outputs, y, loss, kind, of_classes):
    page = nn.play(nn.MLP(n_features, [3, n_outputs], seed=0), data(n_features), y, loss)
    shown = known(page)["picture"]
    assert (shown["kind"], shown["ofClasses"]) == (kind, of_classes)


def test_numbers_have_the_lectures_names():
    def names(model):
        return [(leaf["group"], leaf["name"]) for leaf in known(nn.play(model, data(), NUMBERS))["leaves"]]

    lecture = names(nn.lecture.network())
    assert lecture[1] == ("layer (1)", "w₁₂⁽¹⁾")
    assert set(names(nn.lecture.network().to_mlp())) == set(lecture)
    linear = nn.lecture.network().to_mlp().layers
    assert set(names(nn.Sequential(linear[0], "sigmoid", linear[1]))) == set(lecture)
    own = names(Line())
    assert own == [("Parameters", "v₁₁"), ("Parameters", "v₂₁"), ("Parameters", "c"), ("Parameters", "shift")]

    class Twice(nn.Module):
        def __init__(self):
            self.first, self.second = nn.Linear(2, 1, seed=0), nn.Linear(1, 1, seed=0)

        def forward(self, x):
            return self.second(self.first(x))

    assert names(Twice())[::3] == [("first", "first.weight₁₁"), ("second", "second.weight₁₁")]


def test_a_frozen_parameter_can_be_moved_but_does_not_step():
    page = nn.play(Line(), data(), NUMBERS)
    assert [leaf["gradient"] for leaf in known(page)["leaves"]] == [1, 2, 3, None]


@laid_out
@pytest.mark.parametrize(
    ("model", "n", "picture", "both"),
    [
        (nn.lecture.network, 2, None, (True, True)),
        (nn.lecture.network, 1, None, (True, False)),
        (nn.lecture.network, 2, "network", (True, False)),
        (nn.lecture.network, 1, "data", (False, True)),
        (lambda: nn.MLP(2, [16, 16, 1], seed=0), 2, None, (False, True)),
        (Line, 1, None, (False, True)),
    ],
)
def test_the_diagram_is_shown_where_it_can_be_read(model, n, picture, both):
    page = known(nn.play(model(), data(n=n), NUMBERS[:n], picture=picture))
    assert (page["diagram"] is not None, page["picture"] is not None) == both


@laid_out
def test_a_diagram_that_cannot_be_is_refused_if_it_is_asked_for():
    with pytest.raises(TypeError, match="a diagram is of a Network or an MLP, got Line"):
        nn.play(Line(), data(), NUMBERS, picture="network")
    with pytest.raises(ValueError, match="too many lines"):
        nn.play(nn.MLP(2, [8, 8, 8, 1], seed=0), data(), NUMBERS, picture="network")
    with pytest.raises(ValueError, match="unknown picture 'graph'"):
        nn.play(nn.lecture.network(), data(), NUMBERS, picture="graph")


def test_without_graphviz_the_data_are_shown_alone(monkeypatch):
    def missing(dot, kind):
        raise RuntimeError("drawing as svg needs Graphviz")

    monkeypatch.setattr("nn.live.diagram.lay_out", missing)
    page = known(nn.play(nn.lecture.network(), data(), NUMBERS))
    assert page["diagram"] is None
    with pytest.raises(RuntimeError, match="needs Graphviz"):
        nn.play(nn.lecture.network(), data(), NUMBERS, picture="network")


# -- the call --------------------------------------------------------------------------------------


def test_one_observation_and_one_feature_are_taken_as_they_come():
    assert "1 observation," in repr(nn.play(nn.lecture.network(), [3.0, -2.0], 1.2))
    assert "1 observation," in repr(nn.play(nn.Network(2, [2, 2], seed=0), [3.0, -2.0], [1.0, 0.0]))
    assert "12 observations," in repr(nn.play(nn.Network(1, [2, 1], seed=0), NUMBERS, NUMBERS**2))


def test_playing_changes_nothing_and_gives_the_same_bytes_each_time():
    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.Dropout(0.5, seed=1), nn.Linear(3, 1, seed=1))
    births = [parameter._birth for parameter in model.parameters()]
    first = nn.play(model, data(), NUMBERS)
    assert first.html == nn.play(model, data(), NUMBERS).html
    assert [parameter._birth for parameter in model.parameters()] == births
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(part.training for part in model.modules())
    assert first._repr_html_().startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')


def test_a_page_is_saved_as_html_alone(tmp_path):
    page = nn.play(nn.lecture.network(), *nn.lecture.observations())
    assert page.save(tmp_path / "x.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"\.html"):
        page.save(tmp_path / "x.pdf")


def penalised(a, y):
    return nn.squared_error(a, y) + 0.1


w = Value(2.0, "λ")


def scaled(a, y):
    return nn.squared_error(a * w, y)


@pytest.mark.parametrize(
    ("model", "X", "y", "options", "error", "match"),
    [
        (lambda x: x, data(), NUMBERS, {}, TypeError, "expected a Module.*got function; autodiff.play shows"),
        (NETWORKS["mlp"], data(3), NUMBERS, {}, ValueError, "expected 2 features|n_inputs|inputs"),
        (NETWORKS["mlp"], data(), NUMBERS[:5], {}, ValueError, "a target for each of 12"),
        (NETWORKS["mlp"], data()[None], NUMBERS, {}, ValueError, "one row per observation, got shape"),
        (NETWORKS["mlp"], np.zeros((0, 2)), [], {}, ValueError, "one row per observation"),
        (NETWORKS["mlp"], np.where(data() > 1.0, np.nan, 1.0), NUMBERS, {}, ValueError, "got nan at"),
        (NETWORKS["mlp"], data(), np.full(12, np.inf), {}, ValueError, "y must be finite, got inf at 0"),
        (NETWORKS["mlp"], [["a", "b"]], [1.0], {}, ValueError, "X must be real numbers"),
        (NETWORKS["mlp"], data(n=1001), np.zeros(1001), {}, ValueError, r"1,000 obs.*X\[:1000\]"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": "mean_sqared_error"}, ValueError, "did you mean"),
        (NETWORKS["mlp"], [[1.0, 2.0], [3.0]], [1.0, 2.0], {}, ValueError, "X must be of regular shape"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": 3}, TypeError, "loss must be a function of"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": penalised}, ValueError, "a sum or a mean"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": lambda a, y: a}, ValueError, "loss must be one number"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": lambda a, y: 1.0}, TypeError, "a Value, got float"),
        (NETWORKS["mlp"], data(), NUMBERS, {"loss": scaled}, ValueError, "'λ'.*no parameter"),
        (NETWORKS["mlp"], data(), LABELS * 2.0, {"loss": nn.binary_cross_entropy}, ValueError, "0 and 1"),
        (lambda: nn.MLP(2, [3, 1], dtype=np.float32), data(), NUMBERS, {}, TypeError, "astype"),
        (lambda: nn.MLP(2, [3, 1]).freeze(), data(), NUMBERS, {}, ValueError, r"not frozen; unfreeze\(\)"),
        (lambda: nn.MLP(2, [60, 60, 1]), data(), NUMBERS, {}, ValueError, "10,000 operations.*smaller"),
        (NETWORKS["mlp"], data(), NUMBERS, {"number_format": ".2f"}, ValueError, "number_format must"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_said_at_the_call(model, X, y, options, error, match):
    made = model() if not isinstance(model, type(lambda: 0)) or model.__code__.co_argcount == 0 else model
    with pytest.raises(error, match=match):
        nn.play(made, X, y, **options)


def test_a_loss_that_is_nan_or_depends_on_no_parameter_is_refused():
    model = nn.MLP(2, [1], seed=0)
    model.parameters()[0].data = np.full((1, 2), np.nan)
    with pytest.raises(ValueError, match="R is nan at the parameters as they are"):
        nn.play(model, data(), NUMBERS)
    with pytest.raises(ValueError, match="does not depend on"):
        nn.play(nn.MLP(2, [1], seed=0), data(), NUMBERS, lambda a, y: nn.squared_error(a.detach(), y))


def test_an_operation_without_a_spelling_is_refused_by_name():
    class Odd(nn.Module):
        def __init__(self):
            self.A = Value(np.eye(2), "A")

        def forward(self, x):
            from autodiff import linalg

            return x @ linalg.eigh(self.A)[1][:, :1]

    with pytest.raises(TypeError, match=r"play: eigh .*cannot be written as JavaScript"):
        nn.play(Odd(), data(), NUMBERS)
