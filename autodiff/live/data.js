  // -- a model with data: what is drawn, and what is said ------------------------------------------------

  function draw() {
    if (data.diagram) drawDiagram();
    if (data.picture) drawData();
    drawPanel();
  }

  // -- what is said ------------------------------------------------------------------------------

  // The first observation of which the loss is no number.
  function broken() {
    if (all.every(Number.isFinite)) return "";
    const i = data.observations.findIndex((row) => !Number.isFinite(programs.main([...x, ...row])[0]));
    if (i >= 0) return `R is ${written(all[0])}: the loss of observation ${i + 1} is. Move back, or Reset.`;
    const k = parameters.find((k) => !Number.isFinite(all[leaves[k].gradient]));
    return Number.isFinite(all[0]) && k === undefined ? "" : `R is ${written(all[0])}${k === undefined ? "" : `, and ∂R/∂${leaves[k].name} is ${written(all[leaves[k].gradient])}`}. Move back, or Reset.`;
  }

  // A step that suits the start, 1/(2λ): λ by a few multiplications with H, from differences of gradients.
  function suited() {
    const g = slopes(computed(x)), near = 1e-4;
    let v = g, curvature = 0;
    for (let k = 0; k < 8; k += 1) {
      const norm = Math.hypot(...v), unit = v.map((entry) => entry / norm);
      v = slopes(computed(moved(x, unit.map((entry) => near * entry)))).map((slope, i) => (slope - g[i]) / near);
      curvature = Math.hypot(...v);
    }
    const step = Number((0.5 / curvature).toPrecision(1));
    return step > 0 && Number.isFinite(step) ? Math.min(100, Math.max(1e-4, step)) : size;
  }

  // -- the beginning -----------------------------------------------------------------------------

  size = suited();
  by("whole").hidden = !data.diagram;
  if (data.diagram) whole(legible);
