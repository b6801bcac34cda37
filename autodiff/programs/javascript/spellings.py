"""The table of spellings: how JavaScript writes what operations compute on numbers.

It has no rules of differentiation: what these came to, a listing says already. Where JavaScript means
something else than NumPy, the spelling says what NumPy means: 1 to the power nan, halves that are rounded,
the sign of a remainder. An operation that is missing is written by its body, if that uses only operations
that are here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...ops import activations, arithmetic, elementary, norms, selection, shaping, special
from ...values.operation import Operation
from ..tracing.conditions import Condition

FAMILIES = (activations, arithmetic, elementary, norms, selection, shaping, special)

# {0} is the first operand, a name or a number; {0:?} the same as a condition; {p} an option by its name. With
# == and !=, which JavaScript has for such cases, truth values count as numbers.
TABLE = """
absolute        Math.abs({0})
add             {0} + {1}
arccos          Math.acos({0})
arccosh         Math.acosh({0})
arcsin          Math.asin({0})
arcsinh         Math.asinh({0})
arctan          Math.atan({0})
arctan2         Math.atan2({0}, {1})
arctanh         Math.atanh({0})
astype          +{0}
bounded         Math.min(Math.max({0}, {1}), {2})
cbrt            Math.cbrt({0})
ceil            Math.ceil({0})
cos             Math.cos({0})
cosh            Math.cosh({0})
deg2rad         {0} * (Math.PI / 180)
divide          {0} / {1}
entr            {0} > 0 ? 0 - {0} * Math.log({0}) : {0} == 0 ? 0 : {0} < 0 ? -Infinity : NaN
erf             erf({0})
exp             Math.exp({0})
exp2            power(2, {0})
expm1           Math.expm1({0})
floor           Math.floor({0})
floor_divide    floorDivided({0}, {1})
fmax            {0} >= {1} || {1} != {1} ? {0} : {1}
fmin            {0} <= {1} || {1} != {1} ? {0} : {1}
fmod            {0} % {1}
hypot           Math.hypot({0}, {1})
larger          {0} >= {1} || {0} != {0} ? {0} : {1}
log             Math.log({0})
log10           Math.log10({0})
log1p           Math.log1p({0})
log2            Math.log2({0})
log_sigmoid     -softplus(-{0})
logaddexp       logAddExp({0}, {1})
logaddexp2      logAddExp2({0}, {1})
mod             modulo({0}, {1})
multiply        {0} * {1}
nan_to_num      finite({0}, {nan}, {posinf}, {neginf})
negative        -{0}
positive        {0}
power           power({0}, {1})
power_log       {0} == 0 && {1} >= 0 ? 0 : power({0}, {1}) * Math.log({0})
power_slope     {1} == 0 ? 0 : {1} * power({0}, {1} - 1)
preference      {0} > {1} || {1} != {1} ? 1 : {0} == {1} ? 0.5 : 0
rad2deg         {0} * (180 / Math.PI)
ratio           {1} == 0 ? 0 : {0} / {1}
reciprocal      1 / {0}
relu            {0} <= 0 ? 0 : {0}
rint            nearest({0})
round           rounded({0}, {decimals})
share           {0} == 0 || {1} == 0 ? 0 : sign({0}) * power(Math.abs({0} / {1}), {p} - 1)
sigmoid         sigmoid({0})
sign            sign({0})
sin             Math.sin({0})
sinc            {0} == 0 ? 1 : Math.sin(Math.PI * {0}) / (Math.PI * {0})
sinh            Math.sinh({0})
smaller         {0} <= {1} || {0} != {0} ? {0} : {1}
softplus        softplus({0})
sqrt            Math.sqrt({0})
square          {0} * {0}
subtract        {0} - {1}
tan             Math.tan({0})
tanh            Math.tanh({0})
trunc           Math.trunc({0})
where           {0:?} ? {1} : {2}
xdivy           {0} == 0 && {1} == {1} ? 0 : {0} / {1}
xlog1py         {0} == 0 && {1} == {1} ? 0 : {0} * Math.log1p({1})
xlogy           {0} == 0 && {1} == {1} ? 0 : {0} * Math.log({1})
"""

OF_CONDITIONS = """
equal           {0} == {1}
greater         {0} > {1}
greater_equal   {0} >= {1}
isfinite        Number.isFinite(+{0})
isinf           Math.abs({0}) == Infinity
isnan           {0} != {0}
isneginf        {0} == -Infinity
isposinf        {0} == Infinity
less            {0} < {1}
less_equal      {0} <= {1}
logical_and     {0:?} && {1:?}
logical_not     !{0:?}
logical_or      {0:?} || {1:?}
logical_xor     {0:?} != {1:?}
not_equal       {0} != {1}
signbit         {0} < 0 || 1 / {0} == -Infinity
"""

OF_MASKS = """
add             {0} || {1}
multiply        {0} && {1}
"""
"""Operations that mean something else where all operands are truth values."""


def _nested(coefficients: Sequence[Sequence[float]]) -> str:
    """Tuples of numbers as lists."""
    return str([list(part) for part in coefficients])


FUNCTIONS = {
    "erf": f"""
// By Cody's rational approximations, as without SciPy.
function erf(x) {{
  const polynomial = (coefficients, t) => coefficients.reduce((sum, c) => sum * t + c);
  const ratio = ([above, below], t) => polynomial(above, t) / polynomial(below, t);
  const size = Math.abs(x);
  if (!(size > 0.5)) return x + x * ratio({_nested(special.ERF_NEAR)}, x * x);
  const far = Math.min(size, 6), square = 1 / (far * far);
  const tail = size > 4
    ? ({1.0 / math.sqrt(math.pi)} - square * ratio({_nested(special.ERFC_FAR)}, square)) / far
    : ratio({_nested(special.ERFC_MIDDLE)}, size);
  return (x < 0 ? -1 : 1) * (1 - Math.exp(-(far * far)) * tail);
}}""",
    "power": """
// 1 to the power nan is 1, as is −1 to the power ∞.
function power(x, y) {
  return y == 0 || x == 1 || (x == -1 && Math.abs(y) == Infinity) ? 1 : x ** y;
}""",
    "sigmoid": """
function sigmoid(x) {
  const small = Math.exp(-Math.abs(x));
  return (x < 0 ? small : 1) / (1 + small);
}""",
    "softplus": """
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}""",
    "logAddExp": """
function logAddExp(x, y) {
  return x == y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}""",
    "logAddExp2": """
function logAddExp2(x, y) {
  return x == y ? x + 1 : Math.max(x, y) + Math.log1p(2 ** -Math.abs(x - y)) * Math.LOG2E;
}""",
    "sign": """
function sign(x) {
  return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : NaN;
}""",
    "nearest": """
// Halves go to the even neighbour.
function nearest(x) {
  const below = Math.floor(x), rest = x - below;
  if (rest == 0.5) return 2 * Math.round(x / 2);
  return rest < 0.5 ? below : Math.ceil(x);
}""",
    "rounded": """
function rounded(x, decimals) {
  const scale = 10 ** Math.abs(decimals);
  return decimals < 0 ? nearest(x / scale) * scale : nearest(x * scale) / scale;
}""",
    "modulo": """
// The remainder has the sign of y, where JavaScript's has that of x.
function modulo(x, y) {
  const rest = x % y;
  if (rest != 0) return rest < 0 != y < 0 ? rest + y : rest;
  return rest == 0 ? (y < 0 ? -0 : 0) : NaN;
}""",
    "floorDivided": """
// A quotient of 0 has the sign of x / y.
function floorDivided(x, y) {
  if (y == 0) return x / y;
  const rest = x % y, whole = (x - rest) / y - (rest != 0 && rest < 0 != y < 0 ? 1 : 0);
  return Math.floor(whole) + (whole - Math.floor(whole) > 0.5 ? 1 : 0) || 0 * (x / y);
}""",
    "finite": """
function finite(x, ofNan, above, below) {
  if (x != x) return ofNan;
  if (x == Infinity) return above ?? Number.MAX_VALUE;
  return x == -Infinity ? below ?? -Number.MAX_VALUE : x;
}""",
}
"""What spellings call, by name; `rounded` calls one before it."""


def _rows(table: str) -> dict[str, str]:
    return dict(row.split(maxsplit=1) for row in table.strip().splitlines())


SPELLINGS: dict[Operation, str] = {
    function.operation: spelling
    for name, spelling in _rows(TABLE).items()
    for family in FAMILIES
    for function in vars(family).values()
    if isinstance(getattr(function, "operation", None), Operation) and function.operation.name == name
}
CONDITIONS, MASKS = _rows(OF_CONDITIONS), _rows(OF_MASKS)


def spelling_of(operation: Any, of_masks: bool = False) -> str | None:
    """The template of an operation; None where there is none. `of_masks`: all operands are truth values."""
    if isinstance(operation, Condition):
        return CONDITIONS.get(operation.name)
    found = SPELLINGS.get(operation)
    return MASKS.get(operation.name, found) if found and of_masks else found
