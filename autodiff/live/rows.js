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
    const found = { row, field, slider, unit, seen: true };
    if (leaf.gradient !== null) {
      found.gradient = made("span", "", "slope");
      found.bar = bar();
      found.rank = made("span", "", "rank");
      row.append(found.gradient, found.bar.svg, found.rank);
    }
    return found;
  });

  function bar() {
    const whole = svg("svg", { viewBox: "-50 0 100 10", class: "bar", "aria-hidden": "true", preserveAspectRatio: "none" });
    const filled = svg("rect", { y: 1, height: 8 });
    whole.append(filled, svg("path", { d: "M0 0V10" }));
    return { svg: whole, filled };
  }

  function laidOut() {
    const R = output.name;
    for (const title of data.groups) {
      const shown = rows.filter((_, k) => leaves[k].group === title), folds = rows.length > 60 && shown.length > 20;
      const group = made(folds ? "details" : "div", "", "group"), head = made(folds ? "summary" : "div", "", "row head");
      const columns = shown.some((row) => row.gradient) ? [`∂${R}/∂θ`, `−∇${R}`, "rank"] : [];
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", title);
      head.append(made("h3", title), ...columns.map((column) => made("span", column)));
      group.append(head, ...shown.map(({ row }) => row));
      if (folds) [group.open, head.firstChild.textContent] = [!by("leaves").children.length, `${title}: ${shown.length} numbers`];
      by("leaves").append(group);
    }
  }

  // Of a long list only what is in view is written.
  const MOST_ROWS = 100;
  if (rows.length > MOST_ROWS) {
    const byRow = new Map(rows.map((row) => [row.row, row]));
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) byRow.get(target).seen = isIntersecting;
      drawRows();
    }, { rootMargin: "50%" });
    for (const { row } of rows) observer.observe(row);
  }

  function drawRows() {
    const slope = parameters.map((k) => Math.abs(all[leaves[k].gradient]));
    const most = Math.max(...slope.filter(Number.isFinite), 0);
    const weight = (i) => (Number.isNaN(slope[i]) ? -1 : slope[i]);  // nan is after all numbers: it compares with none
    const order = parameters.map((k, i) => [weight(i), k]).sort((a, b) => b[0] - a[0] || a[1] - b[1]).map(([, k]) => k);
    const rankOf = new Map(order.map((k, i) => [k, i + 1]));
    rows.forEach(({ seen, field, slider, gradient, bar: shown, rank }, k) => {
      if (!seen) return;
      if (document.activeElement !== field || field.dataset.held !== "typing") field.value = written(x[k], 5);
      if (x[k] < Number(slider.min)) slider.min = x[k];
      if (x[k] > Number(slider.max)) slider.max = x[k];
      if (Number(slider.value) !== x[k]) slider.value = x[k];
      slider.setAttribute("aria-valuetext", written(x[k]));
      if (!gradient) return;
      const g = all[leaves[k].gradient], length = most > 0 && Number.isFinite(g) ? (48 * g) / most : 0;
      put(gradient, fitting(g, data.room));
      put(rank, `${rankOf.get(k)}.`);
      shown.filled.setAttribute("x", Math.min(0, -length).toFixed(1));
      shown.filled.setAttribute("width", Math.abs(length).toFixed(1));
    });
  }

