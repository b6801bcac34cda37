"""Pictures by what is in them: points, lines, labels, limits and legends."""

import gc
import warnings
import weakref
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autodiff import Value, derivative, grad
from optim import bfgs, minimize, newton, random_search, steepest_descent
from optim.plot import plot_basins, plot_paths, plot_result
from optim.plot.legs import leg
from optim.plot.stationary import stationary_points, turning_points
from optim.plot.window import apart, shown, surroundings

MINIMA = [-2.6196, 1.1479]
MAXIMUM = 0.2217


def demonstration_1(x):
    return 3.0 * x**4 + 5.0 * x**3 - 20.0 * x**2 + 8.0 * x + 10.0


def demonstration_2(x):
    return x[0] ** 4 * x[1] ** 2 + (x[0] - 1.0) ** 2 * (x[1] - 1.0) ** 4


def bowl(x):
    return ((x - 1.0) ** 2).sum()


def lines_of(axes):
    """The steps of the ways drawn: the only collections of lines."""
    return [c for c in axes.collections if type(c).__name__ == "LineCollection"]


def dots_of(axes):
    return np.vstack(
        [np.asarray(c.get_offsets()) for c in axes.collections if type(c).__name__ == "PathCollection"]
    )


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def title_of(figure):
    return figure.get_suptitle(), " ".join(figure.texts[-1].get_text().split())


# -- one result --------------------------------------------------------------------------------


def test_in_one_dimension_each_iterate_is_a_dot_on_the_curve_with_its_number():
    result = newton(demonstration_1, -1.0, safeguard=False, max_steps=2)
    axes = plot_result(result).axes[0]
    x, y = dots_of(axes).T
    assert x == pytest.approx(result.path.points[:, 0])
    assert y == pytest.approx(result.path.values)
    numbers = {text.get_text(): text.xy[0] for text in axes.texts if text.get_text().isdigit()}
    assert numbers == pytest.approx({f"{i}": result.path.points[i, 0] for i in range(3)})
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$x$", "$f(x)$")


@given(st.floats(-3.0, 2.0), st.floats(0.002, 0.012))
@settings(max_examples=30)
def test_a_step_of_steepest_descent_goes_along_the_tangent(start, s):
    result = steepest_descent(demonstration_1, start, s=s, max_steps=1)
    assume(result.steps == 1)
    found = leg(result, 1)
    slope = derivative(demonstration_1)(start)
    assert not found.bent
    assert found.foot == pytest.approx([start - s * slope, demonstration_1(start) - s * slope**2])
    assert found.seen == pytest.approx(np.array([[start, demonstration_1(start)], found.foot]))


@given(st.floats(-4.0, 3.0))
@settings(max_examples=30)
def test_a_step_of_newton_goes_to_the_vertex_of_the_parabola_that_touches_and_bends_as_f(start):
    bend = derivative(demonstration_1, order=2)(start)
    assume(abs(bend) > 1.0 and abs(derivative(demonstration_1)(start)) > 0.1)
    result = newton(demonstration_1, start, safeguard=False, max_steps=1)
    assume(result.steps == 1)
    found = leg(result, 1)
    x = found.seen[:, 0] - start
    parabola = demonstration_1(start) + derivative(demonstration_1)(start) * x + bend * x**2 / 2.0
    assert found.bent
    assert found.seen[:, 1] == pytest.approx(parabola, rel=1e-6, abs=1e-6)
    assert found.foot[0] == pytest.approx(result.path.points[1, 0])
    turn = np.argmin if bend > 0.0 else np.argmax
    assert found.seen[turn(found.seen[:, 1]), 0] == pytest.approx(found.foot[0], abs=0.05 * np.ptp(x))


def test_a_damped_newton_step_is_no_parabola():
    result = newton(lambda x: np.log(np.cosh(x)), 3.0, max_steps=4)
    bends = [derivative(lambda x: np.log(np.cosh(x)), order=2)(float(x)) for x in result.path.points[:, 0]]
    for i in range(1, len(bends)):
        whole = np.isclose(1.0 / bends[i - 1], result.path.step_sizes[i], rtol=1e-3)
        assert leg(result, i).bent == whole


def test_by_default_a_curve_is_shown_as_far_as_the_next_minima_and_maxima():
    axes = plot_result(steepest_descent(demonstration_1, -2.0, s=0.01)).axes[0]
    low, high = axes.get_xlim()
    assert low < MINIMA[0] < MAXIMUM < MINIMA[1] < high
    said = [text.get_text() for text in axes.texts]
    assert "maximum 0.2217" in said
    assert "minimum 1.148" in said
    assert "minimum −2.62" not in said  # the outcome has a mark of its own


def test_a_view_may_be_chosen():
    result = steepest_descent(demonstration_1, -2.0, s=0.01)
    axes = result.plot(xlim=(-3.0, -1.5), ylim=(-100.0, -50.0)).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-3.0, -1.5), (-100.0, -50.0))
    axes = newton(demonstration_2, [0.25, -1.0]).plot(xlim=(-1.0, 2.0)).axes[0]
    assert axes.get_xlim() == (-1.0, 2.0)
    with pytest.raises(ValueError, match="plot: xlim must be two finite numbers, the smaller first, got"):
        result.plot(xlim=(1.0, 0.0))
    with pytest.raises(ValueError, match="xlim and ylim are of a way in one or two dimensions"):
        bfgs(bowl, np.arange(3.0)).plot(xlim=(0.0, 1.0))


@pytest.mark.parametrize("s", [0.016, 0.03])
def test_a_way_that_overshoots_has_few_lines_each_paler_than_the_one_before(s):
    result = steepest_descent(demonstration_1, -2.0, s=s)
    axes = plot_result(result).axes[0]
    dashes = [line for line in axes.lines if line.get_linestyle() == "-" and line.get_alpha()]
    assert 4 <= len(dashes) <= 7 < result.steps
    assert all(a.get_alpha() > b.get_alpha() > 0.3 for a, b in pairwise(dashes))
    assert len(dots_of(axes)) > 9


@given(st.lists(st.floats(-2.0, 2.0), min_size=3, max_size=3, unique=True))
def test_turning_points_of_a_quartic_are_the_roots_of_its_slope(roots):
    roots = sorted(roots)
    assume(min(np.diff(roots)) > 0.05)
    quartic = np.polynomial.Polynomial.fromroots(roots).integ()
    found = turning_points(lambda x: float(quartic(x[0])), -3.0, 3.0)
    assert [point.kind for point in found] == ["minimum", "maximum", "minimum"]
    assert [point.x[0] for point in found] == pytest.approx(roots, abs=1e-5)


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 2), st.floats(0.0, 3.1), st.tuples(*[st.floats(0.2, 3.0)] * 2))
@settings(max_examples=30)
@pytest.mark.parametrize(("signs", "kind"), [((1, 1), "minimum"), ((-1, -1), "maximum"), ((1, -1), "saddle")])
def test_the_stationary_point_of_a_quadratic_is_found_and_named(signs, kind, centre, angle, bends):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.diag(np.array(signs) * bends) @ turn.T
    f = lambda x: float((x - centre) @ matrix @ (x - centre))  # noqa: E731
    grid = np.linspace(-2.0, 2.0, 40)
    (point,) = stationary_points(f, grid, grid, np.array([[f(np.array([a, b])) for a in grid] for b in grid]))
    assert point.kind == kind
    assert point.x == pytest.approx(centre, abs=1e-6)


@pytest.mark.parametrize("f", [lambda a, b: a + b, lambda a, b: 0.0 * a + b * b, lambda a, b: 0.0 * (a + b)])
def test_planes_and_valleys_have_no_marks(f):
    grid = np.linspace(-1.0, 1.0, 41)
    values = f(grid[None, :], grid[:, None])
    assert stationary_points(lambda x: float(f(x[0], x[1])), grid, grid, values) == []


def test_a_pole_is_no_turning_point():
    assert [point.x[0] for point in turning_points(lambda x: x[0] + 1.0 / x[0], -3.0, 3.0)] == pytest.approx(
        [-1.0, 1.0], abs=1e-6
    )
    assert turning_points(lambda x: float(np.tan(x[0])), -4.0, 4.0) == []
    axes = plot_result(steepest_descent(lambda x: x + 1.0 / x, 0.5, s=0.05)).axes[0]
    assert axes.get_xlim()[0] > 0.0


def test_arrows_along_the_steepest_descent_cross_contours_at_right_angles():
    axes = plot_result(newton(demonstration_2, [0.25, -1.0])).axes[0]
    (arrows,) = [c for c in axes.collections if type(c).__name__ == "Quiver"]
    assert len(arrows.U) >= 3
    for x, arrow in zip(arrows.get_offsets(), np.column_stack([arrows.U, arrows.V]), strict=True):
        slope = grad(demonstration_2)(np.array(x))
        across = np.array([-slope[1], slope[0]]) / np.linalg.norm(slope)  # along the contour
        assert arrow @ across == pytest.approx(0.0, abs=1e-4 * np.linalg.norm(arrow))
        assert arrow @ slope < 0.0
    assert axes.get_aspect() == 1.0


def test_the_saddle_is_marked_and_in_view_though_no_way_leads_there():
    axes = plot_result(steepest_descent(demonstration_2, [0.25, -1.0], s=0.01)).axes[0]
    (saddle,) = [line.get_xydata()[0] for line in axes.lines if line.get_marker() == "D"]
    assert saddle == pytest.approx([2 / 3, 1 / 3], abs=1e-5)
    assert axes.get_ylim()[0] < saddle[1] < axes.get_ylim()[1]


def test_a_curve_is_the_function():
    axes = plot_result(newton(demonstration_1, 2.0)).axes[0]
    x, y = axes.lines[0].get_data()
    assert y == pytest.approx(demonstration_1(x))


def test_a_window_shows_start_and_outcome_with_room_on_both_sides():
    low, high = plot_result(steepest_descent(demonstration_1, 0.0, s=0.01)).axes[0].get_xlim()
    assert low < MINIMA[0] - 0.5
    assert high > 0.5


def test_a_diverged_way_shows_its_sensible_part_and_counts_the_rest():
    result = steepest_descent(demonstration_1, 2.0, s=0.1)
    assert result.value < 1e28 < result.path.values.max()
    axes = plot_result(result).axes[0]
    assert np.ptp(axes.get_xlim()) < 50.0
    assert "2 of 4 iterates outside" in [text.get_text() for text in axes.texts]
    assert np.isfinite(axes.get_ylim()).all()


def test_a_title_names_method_and_steps_and_a_line_below_says_why_it_stopped():
    title, text = title_of(plot_result(newton(demonstration_1, 0.3, safeguard=False)))
    assert title == "Newton-Raphson, plain: 4 steps"
    assert text == "converged to a maximum: f″ = −31.6 < 0"


@pytest.mark.parametrize(("steps", "words"), [(50, "converged to 1"), (1, "best point at 0.4")])
def test_a_star_is_full_only_where_the_method_converged(steps, words):
    axes = plot_result(steepest_descent(lambda x: (x - 1.0) ** 2, 0.0, s=0.2, max_steps=steps)).axes[0]
    assert (legend_of(axes)[0], legend_of(axes)[-1]) == ("start at 0", words)
    star = next(line for line in axes.lines if line.get_marker() == "*")
    assert (star.get_color() == "white") == (steps == 1)


def test_in_two_dimensions_contours_lie_below_the_way():
    result = newton(demonstration_2, [-1.0, -1.0])
    axes = plot_result(result).axes[0]
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    assert np.all((low < result.path.points) & (result.path.points < high))
    assert len(lines_of(axes)[0].get_segments()) == result.steps
    assert sum(type(c).__name__ == "QuadContourSet" for c in axes.collections) == 2
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_aspect()) == ("$x_1$", "$x_2$", 1.0)
    assert legend_of(axes) == ["start at (−1, −1)", "converged to (−0.0006, 0.999)"]


def test_unknowns_of_very_different_ranges_have_scales_of_their_own():
    axes = plot_result(newton(lambda x: x[0] ** 2 + 1e6 * x[1] ** 2, [1000.0, 1.0])).axes[0]
    assert axes.get_aspect() == "auto"
    assert np.ptp(axes.get_ylim()) < 3.0


def test_values_and_gradient_are_drawn_step_by_step():
    result = steepest_descent(demonstration_1, 0.0, s=0.01)
    _, values, gradients = plot_result(result).axes
    gap = result.path.values - result.path.values.min()
    drawn = values.lines[0].get_ydata()
    assert drawn[gap > 0.0] == pytest.approx(gap[gap > 0.0])
    assert np.isnan(drawn[gap == 0.0]).all()
    assert gradients.lines[0].get_ydata() == pytest.approx(result.path.gradient_norms)
    assert [axes.get_yscale() for axes in (values, gradients)] == ["log", "log"]
    assert values.get_ylabel() == "$f(x_i) - \\mathrm{lowest}$"
    assert gradients.get_ylabel() == "$|f'(x_i)|$"


def test_the_lowest_value_of_a_way_that_did_not_arrive_is_no_reference():
    values = plot_result(steepest_descent(demonstration_2, [2.0, 2.0], s=0.01, max_steps=50)).axes[1]
    assert values.get_ylabel() == "$f(x_i)$"
    assert values.get_yscale() == "log"


def test_values_on_both_sides_of_0_that_range_over_powers_have_a_scale_for_that():
    assert plot_result(steepest_descent(demonstration_1, 2.0, s=0.05)).axes[1].get_yscale() == "symlog"


@pytest.mark.parametrize("options", [{"x0": np.arange(10.0)}, {"x0": [3.0, 2.0], "path": False}])
def test_more_unknowns_than_two_or_a_way_without_points_leave_values_and_gradient(options):
    figure = plot_result(bfgs(bowl, **options))
    assert len(figure.axes) == 2
    assert figure.axes[1].get_ylabel() == "$\\Vert\\nabla f(x_i)\\Vert_\\infty$"


def test_a_way_can_be_drawn_into_given_axes():
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.add_subplot()
    assert plot_result(newton(demonstration_1, 2.0), axes=axes) is figure
    assert figure.axes == [axes]
    assert axes.lines


def test_a_start_that_is_the_outcome_can_be_drawn():
    for f, x0 in ((lambda x: x * x, 0.0), (bowl, [1.0, 1.0]), (bowl, [1.0] * 3)):
        plot_result(bfgs(f, x0)).canvas.draw()


def test_where_a_function_has_no_value_its_picture_stays_empty():
    result = steepest_descent(lambda x: x[0] - np.log(x[0]) + x[1] ** 2, [0.2, 1.0])
    plot_result(result).canvas.draw()
    curve = plot_result(steepest_descent(lambda x: x - np.log(x), 0.2)).axes[0].lines[0]
    x, y = curve.get_data()
    assert np.isnan(y[x < 0.0]).all()
    assert np.isfinite(y[x > 0.0]).all()


def test_a_long_way_has_few_dots_but_every_step_in_the_plane():
    result = steepest_descent(demonstration_2, [0.25, -1.0], s=0.001, max_steps=2000)
    axes = plot_result(result).axes[0]
    assert len(lines_of(axes)[0].get_segments()) == result.steps == 2000
    assert len(dots_of(axes)) < 150


def test_a_notebook_shows_a_figure_that_pyplot_does_not_know_and_nothing_keeps_it():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    figure = plot_result(newton(demonstration_1, 2.0))
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert plt.get_fignums() == before
    seen = weakref.ref(figure)
    del figure
    gc.collect()
    assert seen() is None


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optim.plot.picture", None)
    with pytest.raises(ImportError, match=r"pip install 'autodiff-lecture\[plot\]'"):
        newton(demonstration_1, 2.0).plot()


def test_drawing_leaves_the_parameters_that_were_minimised_over_as_they_are():
    w = Value(np.array([3.0, 2.0]), "w")
    result = bfgs(lambda: ((w - 1.0) ** 2).sum(), [w])
    w.data = np.array([7.0, 8.0])  # trained on since
    plot_result(result)
    assert w.data.tolist() == [7.0, 8.0]


# -- several -----------------------------------------------------------------------------------


def test_paths_in_the_plane_share_contours_and_the_legend_tells_their_cost():
    results = [newton(demonstration_2, [-1.0, -0.5]), bfgs(demonstration_2, [-1.0, -0.5], max_steps=3)]
    figure = plot_paths(results, ["Newton", "quasi"])
    assert [len(way.get_segments()) for way in lines_of(figure.axes[0])] == [r.steps for r in results]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        f"Newton: {results[0].steps} steps, {results[0].evaluations} evaluations",
        f"quasi: 3 steps, {results[1].evaluations} evaluations, not converged",
    ]
    for line, result in zip(figure.axes[2].lines, results, strict=True):
        assert line.get_ydata() == pytest.approx(result.path.gradient_norms)


def test_paths_tell_apart_without_colour():
    results = [steepest_descent(demonstration_1, 0.0, s=s) for s in (0.001, 0.005, 0.01)]
    lines = plot_paths(results, ["0.001", "0.005", "0.01"]).axes[0].lines
    assert len({line.get_linestyle() for line in lines}) == len({line.get_color() for line in lines}) == 3


def test_paths_in_one_dimension_are_compared_by_their_values_below_the_common_best():
    results = [steepest_descent(demonstration_1, 0.0, s=0.01), newton(demonstration_1, 2.0)]
    figure = plot_paths(results)
    assert len(figure.axes) == 2
    gap = results[1].path.values - min(results[0].path.values)
    assert figure.axes[0].lines[1].get_ydata() == pytest.approx(gap)


def test_steps_have_a_logarithmic_axis_where_some_paths_are_much_longer():
    results = [newton(demonstration_1, 2.0), steepest_descent(demonstration_1, 2.0, s=0.0005)]
    assert plot_paths(results).axes[0].get_xscale() == "symlog"


def test_paths_that_cannot_be_compared_are_refused():
    one = newton(demonstration_1, 2.0)
    with pytest.raises(ValueError, match="no results"):
        plot_paths([])
    with pytest.raises(ValueError, match=r"different numbers of unknowns, \[1, 2\]"):
        plot_paths([one, newton(demonstration_2, [2.0, 2.0])])
    with pytest.raises(ValueError, match="2 results need as many labels, got 1"):
        plot_paths([one, one], ["one"])


# -- basins ------------------------------------------------------------------------------------


def test_plain_newton_leads_to_minima_and_the_maximum_each_with_a_colour_of_its_own():
    figure = plot_basins(demonstration_1, (-4.0, 3.0), method=newton, resolution=40, safeguard=False)
    names = [text.split("\n")[0] for text in legend_of(figure.axes[0])]
    assert names == ["minimum at −2.62", "minimum at 1.15", "maximum at 0.22"]
    marks = [line for line in figure.axes[0].lines if line.get_marker() in "o^"]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx([*MINIMA, MAXIMUM], abs=1e-4)
    assert len({line.get_color() for line in marks}) == 3
    assert figure.axes[0].images[0].get_array().shape == (1, 40, 3)


def test_a_cell_has_the_colour_of_the_minimum_that_its_start_leads_to():
    axes = plot_basins(
        lambda x: (x * x - 1.0) ** 2, (-2.0, 2.0), method="steepest-descent", resolution=8, s=0.05
    ).axes[0]
    red, _, blue = np.asarray(axes.images[0].get_array())[0].T
    assert ((blue > red) == [True] * 4 + [False] * 4).all()  # blue, and orange


def test_starts_that_lead_nowhere_are_counted_as_such():
    figure = plot_basins(demonstration_1, (-4.0, 3.0), method=steepest_descent, resolution=10, s=0.05)
    assert legend_of(figure.axes[0])[-1].startswith("none of these")


@pytest.mark.parametrize("f", [demonstration_2, lambda x1, x2: demonstration_2((x1, x2))])
def test_in_two_dimensions_starts_are_coloured_by_the_two_minima(f):
    figure = plot_basins(f, (-1.0, 2.0), (-1.0, 2.0), method="bfgs", resolution=5)
    axes = figure.axes[0]
    assert axes.images[0].get_array().shape == (5, 5, 3)
    places = [(*line.get_xdata(), *line.get_ydata()) for line in axes.lines]
    assert np.array(places) == pytest.approx(np.array([[0.0, 1.0], [1.0, 0.0]]), abs=0.02)
    assert [text.split(" ")[0] for text in legend_of(axes)] == ["minimum", "minimum"]


def test_starts_where_the_function_is_not_defined_stay_pale():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        axes = plot_basins(lambda x: x - np.log(x), (-1.0, 3.0), resolution=8).axes[0]
    cells = axes.images[0].get_array()[0]
    assert (cells[:2] == cells[0]).all()
    assert legend_of(axes) == ["minimum at 1\n75 % of starts", "none of these\n25 % of starts"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"xlim": (3.0, -4.0)}, "xlim must be two finite numbers, the smaller first, got"),
        ({"xlim": (-4.0, 3.0), "resolution": 1}, "resolution must be 2 or more, got 1"),
        ({"xlim": (-4.0, 3.0), "method": "newtn"}, "did you mean 'newton'"),
        ({"xlim": (-4.0, 3.0), "method": steepest_descent, "s": -1.0}, "step size s must be above 0"),
    ],
)
def test_what_cannot_be_mapped_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        plot_basins(demonstration_1, **arguments)


# -- windows -----------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.data())
@settings(max_examples=100)
def test_start_and_outcome_are_always_shown_inside_the_window(xs, data):
    points = np.array(xs)[:, None]
    outcome = points[data.draw(st.integers(0, len(xs) - 1))]
    inside = shown(points, outcome)
    low, high = surroundings(points[inside], 0.5)
    assert inside[0]
    assert np.all((low < outcome) & (outcome < high))
    assert np.all((low < points[inside]) & (points[inside] < high))


@given(st.integers(1, 200))
def test_points_that_show_are_apart_and_begin_with_the_first(count):
    points = np.cumsum(np.full((count, 1), 1.0 / count), axis=0)
    kept = apart(points, (np.zeros(1), np.ones(1)), 0.1)
    assert kept[0] == 0
    assert np.all(np.diff(points[kept, 0]) >= 0.1 - 1e-12)
    assert len(kept) >= min(count, 6)


def test_a_random_search_can_be_drawn_too():
    plot_result(random_search(demonstration_1, 0.0, seed=0, max_steps=50)).canvas.draw()


@given(st.floats(-3.5, 2.0), st.floats(0.001, 0.03))
@settings(max_examples=15, deadline=None)
def test_words_and_numbers_on_a_curve_do_not_touch_and_stay_within_the_frame(start, s):
    figure = plot_result(steepest_descent(demonstration_1, start, s=s, max_steps=60))
    figure.draw_without_rendering()
    axes = figure.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts if "iterates" not in text.get_text()]
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])
    frame = axes.get_window_extent()
    slack = 0.01 * frame.width
    assert all(frame.x0 - slack <= box.x0 and box.x1 <= frame.x1 + slack for box in boxes)


def test_words_in_the_plane_do_not_lie_on_the_iterates():
    way = minimize(demonstration_2, [0.25, -1.0], "steepest_descent")
    figure = plot_paths([way, minimize(demonstration_2, [0.25, -1.0], "bfgs")])
    figure.draw_without_rendering()
    axes = figure.axes[0]
    words = [text.get_window_extent() for text in axes.texts if text.get_text() in ("minimum", "saddle")]
    assert len(words) == 3
    dots = axes.transData.transform(dots_of(axes))
    assert not any(box.contains(*dot) for box in words for dot in dots)
