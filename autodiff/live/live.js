  // -- what is seen ----------------------------------------------------------------------------

  const cards = data.cards.map((card) => ({ ...card, v: parts.get(`v${card.id}`)?.part, g: parts.get(`g${card.id}`)?.part }));
  const byCard = new Map(cards.map((card) => [`n${card.id}`, card]));
  const edges = data.edges.map((edge) => ({ ...edge, label: parts.get(`le${edge.lower}-${edge.upper}`).part.querySelector(".local") }));
  let size = 0.1, eta = 0.01, steps = 0, points = [], base = null, slots = [], past = {}, running = null, due = false;

  // Text is written only where it changed: most cards stay as they are.
  let changed = [...picture.querySelectorAll("text[data-room]")];
  function put(element, text) {
    if (element.textContent === text) return;
    element.textContent = text;
    if (element.dataset.room) changed.push(element);
  }

  function fitting(x, room) {
    let text = written(x);
    for (let digits = data.digits - 1; text.length > room && digits > 0; digits -= 1) text = written(x, digits);
    return text;
  }

  function draw() {
    for (const card of cards) {
      if (!card.v) continue;
      put(card.v, fitting(all[card.value], data.room));
      if (card.g && card.gradient !== null) put(card.g, fitting(all[card.gradient], data.room));
    }
    for (const { label, local } of edges) put(label, fitting(all[local], data.room));
    fit(changed);
    changed = [];
    slots = slots.filter(({ span }) => span.isConnected);
    for (const { span, place, least, dot: before } of slots) put(span, placed(all[place], least, before));
    put(by("output"), written(all[output.value]));
    put(by("count"), String(steps));
    drawRows();
    drawCurve();
    mark();
    keep();
  }

  // The asked card, and the links by which its gradient comes to it.
  function mark() {
    const now = new Map(cards.map(({ id, value }) => [`n${id}`, Number.isNaN(all[value]) ? "broken" : ""]));
    for (const { lower, upper } of edges) {
      const on = asked === `n${lower}`;
      now.set(`e${lower}-${upper}`, on ? "pull" : "");
      now.set(`le${lower}-${upper}`, on ? "pull" : "");
    }
    if (asked !== null) now.set(asked, `${now.get(asked)} asked`);
    for (const [id, state] of now) {
      if (!parts.has(id)) continue;
      const { part, classes } = parts.get(id), wanted = `${classes} ${state}`.trim();
      if (part.getAttribute("class") !== wanted) part.setAttribute("class", wanted);
    }
  }

  // The places of the derivation, one element each.
  pieces = (text) => text.split(/(\ue005?\ue003\d+,\d\ue004)/).filter(Boolean).map((piece) => {
    const found = /^(\ue005?)\ue003(\d+),(\d)\ue004$/.exec(piece);
    if (!found) return piece;
    const place = Number(found[2]), least = Number(found[3]), span = made("span", placed(all[place], least, found[1]), "slot");
    slots.push({ span, place, least, dot: found[1] });
    return span;
  });

  // -- the rows of what can be moved -------------------------------------------------------------

  const nice = (x) => {
    const power = 10 ** Math.floor(Math.log10(x));
    return [1, 2, 5, 10].find((k) => k * power >= x * 0.999) * power;
  };
  const tidy = (x) => Number(x.toPrecision(12));

  const rows = leaves.map((leaf, k) => {
    const row = made("div", "", "row"), unit = nice(Math.max(2, 2 * Math.abs(leaf.start)) / 100);
    const field = made("input", ""), slider = made("input", "");
    Object.assign(field, { type: "text", inputMode: "text", autocomplete: "off", spellcheck: false });
    Object.assign(slider, { type: "range", step: "any", min: leaf.start - 100 * unit, max: leaf.start + 100 * unit });
    field.setAttribute("aria-label", leaf.name);
    slider.setAttribute("aria-label", `${leaf.name}, slider`);
    row.append(made("span", leaf.name, "name"), field, slider);
    row.firstChild.title = leaf.name;
    const found = { row, field, slider, unit };
    if (leaf.gradient !== null) {
      found.gradient = made("span", "", "slope");
      found.bar = bar();
      found.rank = made("span", "", "rank");
      row.append(found.gradient, found.bar.svg, found.rank);
    }
    return found;
  });

  function svg(tag, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  }

  function bar() {
    const whole = svg("svg", { viewBox: "-50 0 100 10", class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" });
    const filled = svg("rect", { y: 1, height: 8 });
    whole.append(filled, svg("path", { d: "M0 0V10" }));
    return { svg: whole, filled };
  }

  function laidOut() {
    const R = output.name, own = (k) => leaves[k].gradient !== null;
    const groups = [["Parameters", [`∂${R}/∂θ`, `−∇${R}`, "rank"], own], ["Inputs and targets", [], (k) => !own(k)]];
    for (const [title, columns, belongs] of groups) {
      const shown = rows.filter((_, k) => belongs(k)), group = made("div", "", "group"), head = made("div", "", "row head");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", title);
      head.append(made("h3", title), ...columns.map((column) => made("span", column)));
      group.append(head, ...shown.map(({ row }) => row));
      if (shown.length) by("leaves").append(group);
    }
  }

  function drawRows() {
    const slope = parameters.map((k) => Math.abs(all[leaves[k].gradient]));
    const most = Math.max(...slope.filter(Number.isFinite), 0);
    const order = parameters.map((k, i) => [slope[i], k]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, k]) => k);
    rows.forEach(({ field, slider, gradient, bar: shown, rank }, k) => {
      if (document.activeElement !== field || field.dataset.held !== "typing") field.value = written(x[k], 5);
      if (x[k] < Number(slider.min)) slider.min = x[k];
      if (x[k] > Number(slider.max)) slider.max = x[k];
      if (Number(slider.value) !== x[k]) slider.value = x[k];
      slider.setAttribute("aria-valuetext", written(x[k]));
      if (!gradient) return;
      const g = all[leaves[k].gradient], length = most > 0 && Number.isFinite(g) ? (48 * g) / most : 0;
      put(gradient, fitting(g, data.room));
      put(rank, `${order.indexOf(k) + 1}.`);
      shown.filled.setAttribute("x", Math.min(0, -length).toFixed(1));
      shown.filled.setAttribute("width", Math.abs(length).toFixed(1));
    });
  }

  // -- the curve of R by step --------------------------------------------------------------------

  function drawCurve() {
    const known = points.filter(({ value }) => Number.isFinite(value)).map(({ value }) => value);
    const low = Math.min(...known), high = Math.max(...known), log = low > 0 && high / low > 1000;
    const height = (value) => (log ? Math.log10(value) : value);
    const span = height(high) - height(low) || 1, last = Math.max(points.length - 1, 10);
    const at = ({ value }, i) => [64 + (246 * i) / last, 104 - (92 * (height(value) - height(low))) / span];
    const told = `${output.name} by step${points.length > 1 ? `, from ${written(points[0].value)} to ${written(points[points.length - 1].value)}` : ""}`;
    by("curve").setAttribute("aria-label", told);
    if (!known.length) return by("curve").replaceChildren();
    const drawn = points.map((point, i) => [point, ...at(point, i)]).filter(([{ value }]) => Number.isFinite(value));
    const line = drawn.map(([{ byHand }, px, py], i) => `${i && !byHand ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    const [, endX, endY] = drawn[drawn.length - 1];
    const text = (said, attributes) => { const element = svg("text", attributes); element.textContent = said; return element; };
    by("curve").replaceChildren(
      svg("path", { class: "axis", d: "M64 8V108H314" }),
      text(written(high, 3), { x: 60, y: 15, "text-anchor": "end" }),
      ...(high > low ? [text(written(low, 3), { x: 60, y: 107, "text-anchor": "end" })] : []),
      text("0", { x: 64, y: 122, "text-anchor": "middle" }),
      text(`step ${last}`, { x: 314, y: 122, "text-anchor": "end" }),
      ...(log ? [text("logarithmic", { x: 314, y: 16, "text-anchor": "end" })] : []),
      svg("path", { class: "line", d: line }),
      ...drawn.filter(([{ byHand }]) => byHand).map(([, px, py]) => svg("circle", { class: "hand", cx: px.toFixed(1), cy: py.toFixed(1), r: 3 })),
      svg("circle", { class: "here", cx: endX.toFixed(1), cy: endY.toFixed(1), r: 4 }),
    );
  }

  // -- what is said ------------------------------------------------------------------------------

  function say(title, words = "", advice = "") {
    put(by("title"), title);
    put(by("words"), words);
    put(by("advice"), advice);
  }

  function complain(text) {
    by("problem").hidden = !text;
    put(by("problem"), text);
  }

  // The first value that is nan or infinite though what it is computed from is not.
  function broken() {
    const bad = (place) => !Number.isFinite(all[place]);
    const card = cards.find(({ value, operands }) => bad(value) && !operands.some((id) => bad(byCard.get(`n${id}`).value)));
    if (card) {
      const from = card.operands.map((id) => byCard.get(`n${id}`)).map(({ name, value }) => `${name} = ${written(all[value])}`);
      const text = written(all[card.value]);
      return `${card.name} is ${text}${from.length ? ` at ${from.join(", ")}` : ""}. Move back, or Reset.`;
    }
    const slope = cards.find(({ gradient }) => gradient !== null && bad(gradient));
    return slope ? `The gradient of ${slope.name} is ${written(all[slope.gradient])} here. Move on, or Reset.` : "";
  }

  // -- moving ------------------------------------------------------------------------------------

  function refresh(now) {
    all = computed(x);
    complain(broken());
    if (now) return draw();
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; draw(); });
  }

  function noted(byHand) {
    const value = all[output.value], last = points[points.length - 1];
    if (byHand && last?.byHand) last.value = value;
    else points.push({ value, byHand });
    if (points.length > 5000) points = points.filter((_, i) => i % 2 === 0);
  }

  // A move by hand begins at `base`, so that a drag is one nudge from where it began.
  function hold(k) {
    base = { k, from: x[k], value: all[output.value], slope: leaves[k].gradient === null ? null : all[leaves[k].gradient] };
  }

  function move(k, to) {
    pause();
    past = {};
    if (base === null || base.k !== k) hold(k);
    x = x.slice();
    x[k] = to;
    refresh();
    noted(true);
    told();
  }

  function told() {
    const { k, from, value, slope } = base, { name } = leaves[k], by = x[k] - from;
    const actual = all[output.value] - value, R = output.name;
    const title = `${name}: ${written(from)} → ${written(x[k])}, by ${signed(by)}`;
    const now = `${R}: ${written(value)} → ${written(all[output.value])}`;
    if (slope === null) return say(title, `${now}, a change of ${signed(actual)}.`);
    say(title, `predicted ${signed(by * slope)}, actual ${signed(actual)}`, `predicted: ${signed(by)} · ∂${R}/∂${name}, with ∂${R}/∂${name} = ${written(slope)} before the move. ${now}.`);
  }

  function nudge(k, sign) {
    hold(k);
    move(k, tidy(x[k] + sign * eta));
    base = null;
  }

  function typed(k) {
    const { field } = rows[k], to = read(field.value);
    field.dataset.held = "";
    field.setAttribute("aria-invalid", String(to === null));
    if (to === null) {
      complain(`“${field.value.slice(0, 40)}” is not a number; ${leaves[k].name} stays ${written(x[k])}. Type it as 0.25, 1/3 or 2e−3.`);
      field.value = written(x[k], 5);
      return;
    }
    hold(k);
    if (to !== x[k] && field.value !== written(x[k], 5)) move(k, to);
    else refresh();
    base = null;
  }

  rows.forEach(({ field, slider, unit }, k) => {
    field.addEventListener("input", () => { field.dataset.held = "typing"; });
    field.addEventListener("change", () => typed(k));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") { event.preventDefault(); typed(k); field.select(); }
      if (event.key === "Escape") { field.dataset.held = ""; field.value = written(x[k], 5); event.stopPropagation(); }
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      event.preventDefault();
      field.dataset.held = "";
      nudge(k, event.key === "ArrowUp" ? 1 : -1);
    });
    field.addEventListener("focus", () => field.select());
    slider.addEventListener("pointerdown", () => hold(k));
    slider.addEventListener("input", () => {
      if (base === null) hold(k);
      move(k, tidy(Math.round(Number(slider.value) / unit) * unit));
    });
    slider.addEventListener("change", () => { base = null; });
    slider.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      nudge(k, way);
    });
  });

  // A leaf of the picture is dragged sideways, or nudged by the arrow keys.
  leaves.forEach(({ id }, k) => {
    if (!parts.has(id)) return;
    const { part } = parts.get(id), { unit } = rows[k];
    let from = null, dragged = false;
    part.classList.add("movable");
    parts.get(id).classes += " movable";
    part.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = { at: event.clientX, value: x[k] };
      dragged = false;
      hold(k);
    });
    part.addEventListener("pointermove", (event) => {
      if (from === null) return;
      const way = event.clientX - from.at;
      if (!dragged && Math.abs(way) < 4) return;
      if (!dragged) part.setPointerCapture(event.pointerId);
      dragged = true;
      const to = tidy(Math.round((from.value + (way * unit) / (event.shiftKey ? 20 : 2)) / (unit / 10)) * (unit / 10));
      if (to !== x[k]) move(k, to);
    });
    for (const end of ["pointerup", "pointercancel"]) part.addEventListener(end, () => { from = null; base = null; });
    part.addEventListener("click", (event) => { if (dragged) event.stopImmediatePropagation(); dragged = false; }, true);
    part.addEventListener("keydown", (event) => {
      const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!way) return;
      event.preventDefault();
      nudge(k, way);
    });
  });

  // -- descent -----------------------------------------------------------------------------------

  function step() {
    const g = slopes(all), before = all[output.value], from = x, newton = by("rule").value === "newton";
    const change = rules[by("rule").value](g, size, past, () => hessian(from));
    if (!change || !change.every(Number.isFinite)) {
      say("No step can be made from here.", newton ? "The Hessian H has no inverse, or is not finite." : "The gradient is not finite.");
      return false;
    }
    if (g.every((slope) => slope === 0)) {
      say(`∇${output.name} = 0: a stationary point.`, "There is no way downhill that the gradient shows.");
      return false;
    }
    base = null;
    x = moved(x, change);
    refresh(true);
    steps += 1;
    noted(false);
    drawCurve();
    put(by("count"), String(steps));
    const after = all[output.value], still = x.every((entry, k) => entry === from[k]);
    say(`Step ${steps}: ${output.name} ${written(before)} → ${written(after)}`, `predicted ${signed(dot(g, change))}, actual ${signed(after - before)}`, advice(before, after, from));
    return Number.isFinite(after) && !still;
  }

  function advice(before, after, from) {
    if (!(after > before)) return "";
    const rule = by("rule").value;
    if (rule === "newton") return `${output.name} went up: far from a minimum Newton's step may lead anywhere.`;
    if (rule !== "descent") return `${output.name} went up: what is left of earlier steps carries beyond.`;
    const curvature = programs.curvature ? largest(hessian(from)) : null;
    const bound = curvature === null ? "" : ` (s < 2/λ = ${written(2 / curvature, 3)}, where λ = ${written(curvature, 3)} is the largest curvature before the step)`;
    return `${output.name} went up: the step is too long${bound}.`;
  }

  function run() {
    if (running !== null) return pause();
    let count = 0, last = 0;
    const tick = (time) => {
      if (running === null) return;
      if (count > 20 || time - last > 90) {
        last = time;
        count += 1;
        if (!step() || count >= 2000) return pause();
      }
      running = requestAnimationFrame(tick);
    };
    by("told").setAttribute("aria-live", "off");
    by("run").setAttribute("aria-pressed", "true");
    put(by("run"), "Pause");
    running = requestAnimationFrame(tick);
  }

  function pause() {
    if (running === null) return;
    cancelAnimationFrame(running);
    running = null;
    by("told").setAttribute("aria-live", "polite");
    by("run").setAttribute("aria-pressed", "false");
    put(by("run"), "Run");
  }

  function reset() {
    pause();
    x = start.slice();
    past = {};
    steps = 0;
    points = [];
    base = null;
    refresh(true);
    noted(false);
    draw();
    say("As it was at the start", `${output.name} = ${written(all[output.value])}`);
  }

  by("step").addEventListener("click", () => { pause(); step(); });
  by("run").addEventListener("click", run);
  by("reset").addEventListener("click", reset);

  function setting(id, name, get, change, allowed, remedy) {
    const field = by(id), show = () => { field.value = written(get(), 5); };
    field.addEventListener("change", () => {
      const to = read(field.value), fits = to !== null && allowed(to);
      field.setAttribute("aria-invalid", String(!fits));
      if (fits) { change(to); complain(broken()); keep(); } else complain(`“${field.value.slice(0, 40)}” is no ${name}; it stays ${written(get())}. ${remedy}`);
      show();
    });
    return show;
  }
  const showEta = setting("nudge", "nudge", () => eta, (to) => { eta = to; }, (to) => to !== 0, "Type a number other than 0, such as 0.01.");
  const showSize = setting("size", "step size", () => size, (to) => { size = to; sized(); }, (to) => to > 0, "Type a number above 0, such as 0.1.");
  function sized() {
    by("size-slider").value = Math.log10(size);
    by("size-slider").setAttribute("aria-valuetext", written(size));
    showSize();
  }
  by("size-slider").addEventListener("input", () => {
    size = Number((10 ** Number(by("size-slider").value)).toPrecision(2));
    showSize();
    by("size-slider").setAttribute("aria-valuetext", written(size));
    keep();
  });
  by("rule").addEventListener("change", () => { past = {}; keep(); });

  // -- the situation as text: in the address of a file, and to be copied ---------------------------

  const inFile = location.protocol !== "about:";
  let timer = null;

  function situation() {
    const changed = x.map((value, k) => [k, value]).filter(([k, value]) => value !== start[k]);
    const kept = [["of", leaves.length], ...changed, ["s", size], ["eta", eta]];
    if (by("rule").value !== "descent") kept.push(["rule", by("rule").value]);
    if (asked !== null) kept.push(["card", asked]);
    return `#${kept.map(([name, value]) => `${name}=${value}`).join("&")}`;
  }

  // Browsers refuse an address that changes too often.
  function keep() {
    if (!inFile) return;
    clearTimeout(timer);
    timer = setTimeout(() => { try { history.replaceState(null, "", situation()); } catch { /* it is behind Copy state, too */ } }, 300);
  }

  function restored(text) {
    const found = new Map(text.replace(/^[^#]*#/, "").split("&").map((pair) => pair.split("=")));
    if (found.get("of") !== String(leaves.length)) return `This state is of another page: it is not one of ${leaves.length} numbers.`;
    const next = start.slice();
    for (const [name, value] of found) {
      if (!/^\d+$/.test(name)) continue;
      const number = read(value ?? "");
      if (number === null || !(Number(name) < leaves.length)) return `This state contains “${`${name}=${value}`.slice(0, 40)}”, which is not a number of this page.`;
      next[Number(name)] = number;
    }
    const positive = (name, otherwise) => { const to = read(found.get(name) ?? ""); return to !== null && to !== 0 ? to : otherwise; };
    pause();
    [x, steps, points, base] = [next, 0, [], null];
    [size, eta] = [Math.abs(positive("s", size)), positive("eta", eta)];
    past = {};
    const option = [...by("rule").options].find(({ value }) => value === found.get("rule"));
    if (option) option.selected = true;
    refresh(true);
    noted(false);
    draw();
    sized();
    showEta();
    if (byCard.has(found.get("card")) && Object.hasOwn(details, found.get("card"))) ask(found.get("card"));
    return "";
  }

  by("copy").addEventListener("click", async () => {
    const text = inFile ? location.href.split("#")[0] + situation() : situation();
    const field = by("state");
    by("state-line").hidden = false;
    field.value = text;
    field.focus();
    field.select();
    try { await navigator.clipboard.writeText(text); say("The state is copied.", "Whoever has this page can paste it below, or open it as an address."); } catch { say("Copy the state below.", "Whoever has this page can paste it there, or behind its address."); }
  });
  by("state-line").addEventListener("submit", (event) => event.preventDefault());
  by("state").addEventListener("keydown", (event) => {
    if (event.key === "Escape") { by("state-line").hidden = true; by("copy").focus(); event.stopPropagation(); }
    if (event.key !== "Enter") return;
    const problem = restored(by("state").value);
    if (problem) complain(problem);
    else say("The state is restored.", `${output.name} = ${written(all[output.value])}`);
  });
  addEventListener("hashchange", () => { if (location.hash !== situation()) complain(restored(location.hash) || broken()); });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && asked !== null) close();
  });

  // -- the beginning -------------------------------------------------------------------------------

  if (!programs.curvature) by("rule").querySelector("[value=newton]").remove();
  put(by("output-name"), output.name);
  laidOut();
  refresh(true);
  noted(false);
  draw();
  sized();
  showEta();
  say(data.opening[0], data.opening[1], data.opening[2]);
  if (location.hash.length > 1) { const problem = restored(location.hash); if (problem) complain(problem); }
