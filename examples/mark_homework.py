"""The lecture's homework marked: what students type, as on the slides, in Python or LaTeX, and what is said.

Run `python -m examples.mark_homework`; with the name of a student behind it, with numbers of their own.
"""

from textwrap import indent

from examples import run
from nn.lecture import homework

ANSWERS = {
    0: [
        "-2(y − a₁⁽²⁾)·a₂⁽¹⁾",
        "-(y - a1_2)*a2_1",
        r"2 \left(y - a_1^{(2)}\right) a_2^{(1)}",
        "-2(y − a₁⁽²⁾)·a₁⁽¹⁾",
    ],
    1: ["-2(y − a₁⁽²⁾)", "-0.78", "-2(y − a₁⁽²⁾"],
    2: [r"\frac{e^{-v}}{(1 + e^{-v})^2}", "σ(v)(1 − σ(v))", "(1 + e^-v)^-2"],
    3: [
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·e^(-z₁⁽¹⁾)(1 + e^(-z₁⁽¹⁾))^-2·x₂",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·a₁⁽¹⁾·x₂",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·x₂",
        "-2(y − a₁⁽²⁾)·w₁₁⁽²⁾·z₁⁽¹⁾(1 − z₁⁽¹⁾)·x₂",
    ],
    8: ["x - f'(x)/f''(x)", r"x_{i+1} = x_i - \frac{f(x_i)}{f'(x_i)}"],
}
"""What was handed in, by the number of the exercise."""


def main(student: str | None = None) -> None:
    """Print each exercise with the answers and their marks, then the hints for one of them."""
    sheet = homework(student)
    for number, answers in ANSWERS.items():
        print(f"{number + 1}. {sheet[number].question}")
        for answer in answers:
            print(indent(f"{answer}\n{indent(str(sheet[number].mark(answer)), '    ')}", "   "))
    print(f"Hints for exercise 4: {'; '.join(sheet[3].hints)}")


if __name__ == "__main__":
    run(main)
