  // -- the curve of R by step --------------------------------------------------------------------

  function drawCurve() {
    const known = points.filter(({ value }) => Number.isFinite(value)).map(({ value }) => value);
    const low = Math.min(...known), high = Math.max(...known), log = low > 0 && high / low > 1000;
    const height = (value) => (log ? Math.log10(value) : value);
    const span = height(high) - height(low) || 1, last = Math.max(steps, 10);
    const at = ({ value, step }) => [64 + (246 * step) / last, 104 - 92 * (high > low ? (height(value) - height(low)) / span : 1)];
    const told = `${output.name} by step${points.length > 1 ? `, from ${written(points[0].value)} to ${written(points[points.length - 1].value)}` : ""}`;
    by("curve").setAttribute("aria-label", told);
    if (!known.length) return by("curve").replaceChildren();
    const drawn = points.map((point) => [point, ...at(point)]).filter(([{ value }]) => Number.isFinite(value));
    const line = drawn.map(([{ byHand }, px, py], i) => `${i && !byHand ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    const [, endX, endY] = drawn[drawn.length - 1];
    by("curve").replaceChildren(
      svg("path", { class: "axis", d: "M64 8V108H314" }),
      lettered(written(high, 3), { x: 60, y: 15, "text-anchor": "end" }),
      ...(high > low ? [lettered(written(low, 3), { x: 60, y: 107, "text-anchor": "end" })] : []),
      lettered("0", { x: 64, y: 122, "text-anchor": "middle" }),
      lettered(`step ${last}`, { x: 314, y: 122, "text-anchor": "end" }),
      ...(log ? [lettered("logarithmic", { x: 314, y: 16, "text-anchor": "end" })] : []),
      svg("path", { class: "line", d: line }),
      ...drawn.filter(([{ byHand }]) => byHand).map(([, px, py]) => svg("circle", { class: "hand", cx: px.toFixed(1), cy: py.toFixed(1), r: 3 })),
      svg("circle", { class: "here", cx: endX.toFixed(1), cy: endY.toFixed(1), r: 4 }),
    );
  }

