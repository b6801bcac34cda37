  // -- a function of one or two variables, and two ways down from a start ------------------------

  const { names, output } = data, n = names.length;
  let start = data.start.slice(), view = data.view.map((side) => side.slice()), runs = [], steps = 0, drawnFor = "", range = [0, 1];

  const value = (at) => programs.value(at)[0];
  const gradient = (at) => programs.main(at).slice(1, n + 1);
  const hessian = (at) => hessianOf((direction) => programs.curvature([...at, ...direction]).slice(0, n), n);
  const norm = (g) => Math.hypot(...g);

  const sides = () => (n === 2 ? view : [view[0], range]);
  const point = (at) => (n === 2 ? [px(at[0]), py(at[1])] : [px(at[0]), py(value(at))]);
  const told = (at) => names.map((name, k) => `${name} = ${written(at[k])}`).join(", ");

  // -- the curve, or the contours ------------------------------------------------------------------

  function curve() {
    const xs = Array.from({ length: 401 }, (_, i) => view[0][0] + (i / 400) * (view[0][1] - view[0][0]));
    const ys = xs.map((x) => value([x])), known = ys.filter(Number.isFinite).sort((a, b) => a - b);
    const low = known[0] ?? -1, high = known[known.length - 1] ?? 1, middle = known[Math.floor(0.7 * known.length)] ?? 1;
    const top = Math.min(high, middle + 1.5 * (middle - low)) || high;
    const room = 0.06 * (top - low || 1);
    range = [low - room, (top > low ? top : low + 1) + room];
    let path = "", on = false;
    xs.forEach((x, i) => {
      if (!Number.isFinite(ys[i])) { on = false; return; }
      path += `${on ? "L" : "M"}${px(x).toFixed(1)} ${Math.max(-1e4, Math.min(1e4, py(ys[i]))).toFixed(1)}`;
      on = true;
    });
    return [svg("path", { class: "curve", d: path })];
  }

  // Lines of equal height through a grid, by marching squares; heights so that each has its share of the picture.
  function contours() {
    const m = 160, at = (i, j) => [view[0][0] + (i / m) * (view[0][1] - view[0][0]), view[1][0] + (j / m) * (view[1][1] - view[1][0])];
    const grid = Array.from({ length: m + 1 }, (_, i) => Array.from({ length: m + 1 }, (_, j) => value(at(i, j))));
    const sorted = grid.flat().filter(Number.isFinite).sort((a, b) => a - b);
    const levels = [0.004, 0.015, 0.035, 0.07, 0.12, 0.19, 0.28, 0.38, 0.5, 0.62, 0.74, 0.86, 0.95].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
    return [...new Set(levels)].filter(Number.isFinite).map((level) => svg("path", { class: "contour", d: isoline(grid, level, at) }));
  }

  // -- drawing -------------------------------------------------------------------------------------

  function draw() {
    const wanted = JSON.stringify(view);
    if (drawnFor !== wanted) {
      ground.replaceChildren(...(n === 1 ? curve() : contours()));
      scale.replaceChildren(...axes(n === 2 ? names : [names[0], output.name]));
      drawnFor = wanted;
    }
    paths.replaceChildren(...runs.flatMap(walked), ...(n === 1 ? local() : arrow()), svg("circle", { class: "start", cx: point(start)[0].toFixed(1), cy: point(start)[1].toFixed(1), r: 6 }));
    plane.setAttribute("aria-label", `${output.name}; start ${told(start)}; ${runs.map(({ name, at }) => `${name} at ${told(at)}`).join("; ")}`);
    by("runs").tBodies[0].replaceChildren(...runs.map(({ id, name, at, done }) => {
      const row = made("tr", "", id);
      row.append(made("td", name), made("td", at.map((x) => written(x)).join(", ")), made("td", written(value(at))), made("td", done || written(norm(gradient(at)), 3)));
      return row;
    }));
    fields.forEach((field, k) => { field.value = written(start[k], 5); });
    put(by("count"), String(steps));
    keep();
  }

  function walked({ id, path }) {
    const dots = path.slice(-60).map((at) => svg("circle", { class: `dot ${id}`, cx: point(at)[0].toFixed(1), cy: point(at)[1].toFixed(1), r: 3 }));
    const end = point(path[path.length - 1]);
    return [svg("path", { class: `path ${id}`, d: `M${path.map((at) => spot(point(at))).join("L")}` }), ...dots, svg("circle", { class: `end ${id}`, cx: end[0].toFixed(1), cy: end[1].toFixed(1), r: 5 })];
  }

  // The tangent at which steepest descent is, and Newton's parabola where that is.
  function local() {
    const [by1, by2] = runs.map(({ at }) => at[0]), lines = [];
    const sampled = (f) => `M${Array.from({ length: 81 }, (_, i) => view[0][0] + (i / 80) * (view[0][1] - view[0][0])).map((x) => spot([px(x), Math.max(-1e4, Math.min(1e4, py(f(x))))])).join("L")}`;
    const [slope] = gradient([by1]), height = value([by1]);
    if (Number.isFinite(slope)) lines.push(svg("path", { class: "model descent", d: sampled((x) => height + slope * (x - by1)) }));
    const [f, [g], [[h]]] = [value([by2]), gradient([by2]), hessian([by2])];
    if (Number.isFinite(h)) lines.push(svg("path", { class: "model newton", d: sampled((x) => f + g * (x - by2) + (h * (x - by2) ** 2) / 2) }));
    return lines;
  }

  // −∇f, at right angles to the contours, since both axes have one scale.
  function arrow() {
    const { at } = runs[0], g = gradient(at), size = norm(g);
    if (!(size > 0) || !Number.isFinite(size)) return [];
    const [x, y] = point(at), [dx, dy] = [-g[0] / size, g[1] / size], [ex, ey] = [x + 44 * dx, y + 44 * dy];
    return [svg("path", { class: "arrow", d: `M${spot([x, y])}L${spot([ex, ey])}M${spot([ex - 9 * dx - 5 * dy, ey - 9 * dy + 5 * dx])}L${spot([ex, ey])}L${spot([ex - 9 * dx + 5 * dy, ey - 9 * dy - 5 * dx])}` })];
  }

  // -- stepping ------------------------------------------------------------------------------------

  function begin(at) {
    pause();
    start = at.slice();
    steps = 0;
    runs = [
      { id: "descent", name: "steepest descent", at: start.slice(), path: [start.slice()], done: "" },
      { id: "newton", name: "Newton", at: start.slice(), path: [start.slice()], done: "" },
    ];
    complain(broken());
    draw();
  }

  function broken() {
    const here = value(start);
    return Number.isFinite(here) ? "" : `${output.name} is ${written(here)} at ${told(start)}: choose another start.`;
  }

  function stepped(run) {
    const g = gradient(run.at), change = rules[run.id](g, run.id === "newton" ? 1 : size, {}, () => hessian(run.at));
    if (norm(g) === 0) { run.done = "0: stationary"; return ""; }
    const next = change && run.at.map((x, k) => x + change[k]), before = value(run.at);
    const after = next ? value(next) : NaN;
    if (!Number.isFinite(after)) {
      run.done = "no step";
      return next ? `${run.name} left the numbers: ${output.name} is ${written(after)} at ${told(next)}.` : `${run.name} has no step: ${n === 1 ? "f″ is 0" : "H has no inverse"}.`;
    }
    if (next.every((x, k) => x === run.at[k])) run.done = written(norm(g), 3);
    const from = run.at;
    run.at = next;
    run.path.push(next);
    if (!(after > before) || norm(g) < 1e-9) return "";
    if (run.id === "newton") return `Newton went up: far from a minimum its step may lead anywhere.`;
    const curvature = largest(hessian(from));
    return `Steepest descent went up: the step is too long${curvature === null ? "" : ` (s < 2/λ = ${written(2 / curvature, 3)})`}.`;
  }

  function step() {
    const said = runs.filter(({ done }) => !done).map(stepped).filter(Boolean);
    steps += 1;
    draw();
    const shown = runs.map(({ name, at }) => `${name}: ${output.name} = ${written(value(at))}`).join(", ");
    say(`Step ${steps}`, shown, said.join(" "));
    return runs.some(({ done, at }) => !done && norm(gradient(at)) > 1e-12);
  }

  // -- by pointer and by keyboard --------------------------------------------------------------------

  function opening() {
    say(`${output.name} at ${told(start)} is ${written(value(start))}`, `${output.slope} = ${n === 1 ? written(gradient(start)[0]) : `(${gradient(start).map((g) => written(g)).join(", ")})`}`, "Step, or run: steepest descent and Newton go side by side.");
  }

  function chosen(at) {
    begin(at.map((x) => Number(x.toPrecision(4))));
    opening();
  }

  plane.addEventListener("click", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(plane.getScreenCTM().inverse());
    chosen(back(at).slice(0, n));
  });

  function zoom(factor) {
    view = view.map(([low, high], k) => {
      const middle = runs[1].at[k] >= low && runs[1].at[k] <= high ? runs[1].at[k] : (low + high) / 2;
      return [middle + (low - middle) * factor, middle + (high - middle) * factor];
    });
    draw();
  }
  by("closer").addEventListener("click", () => zoom(0.7));
  by("farther").addEventListener("click", () => zoom(1 / 0.7));

  stage.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (way && (n === 2 || way[0])) chosen(start.map((x, k) => x + (way[k] * (view[k][1] - view[k][0])) / 100));
    else if (event.key === "Enter") { pause(); step(); }
    else if (event.key === "+" || event.key === "=") zoom(0.7);
    else if (event.key === "-" || event.key === "−") zoom(1 / 0.7);
    else return;
    event.preventDefault();
  });

  const fields = names.map((name, k) => {
    const line = made("div", "", "setting"), field = made("input", ""), label = made("label", name);
    Object.assign(field, { type: "text", id: `start${k}`, autocomplete: "off", spellcheck: false });
    label.htmlFor = field.id;
    line.append(label, field);
    by("starts").append(line);
    field.addEventListener("change", () => {
      const to = read(field.value);
      field.setAttribute("aria-invalid", String(to === null));
      if (to === null) {
        complain(`“${field.value.slice(0, 40)}” is not a number; ${name} stays ${written(start[k])}. Type it as 0.25, 1/3 or 2e−3.`);
        field.value = written(start[k], 5);
        return;
      }
      begin(start.map((x, i) => (i === k ? to : x)));
      opening();
    });
    return field;
  });

  by("step").addEventListener("click", () => { pause(); step(); });
  by("run").addEventListener("click", run);
  by("reset").addEventListener("click", () => { view = data.view.map((pair) => pair.slice()); begin(data.start); opening(); });

  // -- the situation as text -------------------------------------------------------------------------

  function situation() {
    return `#of=${n}&${start.map((x, k) => `${k}=${x}`).join("&")}&s=${size}&view=${view.flat().join(",")}`;
  }

  function restored(text) {
    const found = new Map(text.replace(/^[^#]*#/, "").split("&").map((pair) => pair.split("=")));
    const numbers = (texts) => { const all = texts.map((entry) => read(entry ?? "")); return all.includes(null) ? null : all; };
    const at = numbers(names.map((_, k) => found.get(String(k)))), s = read(found.get("s") ?? ""), seen = numbers((found.get("view") ?? "").split(","));
    if (found.get("of") !== String(n) || at === null) return `This state is of another page: it is not a start of ${n} numbers.`;
    if (s !== null && s > 0) size = s;
    if (seen !== null && seen.length === 2 * n && view.every((_, k) => seen[2 * k] < seen[2 * k + 1])) view = view.map((_, k) => seen.slice(2 * k, 2 * k + 2));
    begin(at);
    sized();
    return "";
  }

  // A step size that suits the start: half of what the largest curvature there allows.
  const bend = largest(hessian(start));
  if (bend !== null) size = Number((1 / bend).toPrecision(1));
  by("whole").hidden = true;
  begin(start);
  sized();
  opening();
  if (location.hash.length > 1) { const problem = restored(location.hash); if (problem) complain(problem); }
