  // -- moving ------------------------------------------------------------------------------------

  let eta = 0.01, base = null, due = false;

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
    else points.push({ value, byHand, step: steps });
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

