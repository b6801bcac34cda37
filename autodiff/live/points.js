  // -- the data, and what the model makes of them: a curve, regions, or predictions by their targets ------

  const { picture: shown, observations, features } = data, CURVED = 160;  // pieces of a curve
  const sides = () => shown.sides;
  const labels = shown.classes ? shown.labels : Array(shown.count).fill(0);
  const marks = labels.map((label) => svg("path", { class: `mark c${label % 10}` }));
  const line = svg("path", { class: `line ${shown.kind}` }), rest = svg("path", { class: "residual" }), right = svg("text", { class: "right", y: 34, "text-anchor": "end" });

  // What is seen of features: outputs, or the losses that each class would have.
  function seer() {
    const given = [...x, ...observations[0].slice(0, features)], n = x.length;
    return (row) => {
      for (let j = 0; j < features; j += 1) given[n + j] = row[j];
      return programs.seen(given);
    };
  }

  // What a class has of the whole, by e to the power −loss: its probability, if the loss is a likelihood's.
  function shares(losses) {
    const least = Math.min(...losses), parts = losses.map((loss) => Math.exp(least - loss)), whole = sum(parts);
    return parts.map((part) => part / whole);
  }

  const best = (share) => share.indexOf(Math.max(...share));

  function place(i, across, up) {
    const at = [Math.max(-50, Math.min(W + 50, px(across))), Math.max(-50, Math.min(H + 50, py(up)))];
    marks[i].setAttribute("d", at.every(Number.isFinite) ? `M${spot(at)}${data.marks[labels[i] % data.marks.length]}` : "");
  }

  function count(wrong) {
    marks.forEach((mark, i) => mark.classList.toggle("wrong", wrong[i]));
    const number = wrong.filter((is) => !is).length;
    put(right, `right: ${number} of ${wrong.length}`);
  }

  const target = (i) => observations[i].slice(features);

  const drawn = {
    curve() {
      const see = seer(), [low, high] = sides()[0], value = (at) => (shown.ofClasses ? shares(see([at]))[1] : see([at])[0]);
      let path = "", on = false, left = "";
      for (let i = 0; i <= CURVED; i += 1) {
        const at = low + (i / CURVED) * (high - low), up = value(at);
        if (!Number.isFinite(up)) { on = false; continue; }
        path += `${on ? "L" : "M"}${spot([px(at), Math.max(-1e4, Math.min(1e4, py(up)))])}`;
        on = true;
      }
      line.setAttribute("d", path);
      observations.forEach(([at], i) => {
        const up = value(at), own = shown.ofClasses ? labels[i] : target(i)[0];
        place(i, at, own);
        if (Number.isFinite(up) && observations.length <= 100) left += `M${spot([px(at), py(own)])}V${Math.max(-1e4, Math.min(1e4, py(up))).toFixed(1)}`;
      });
      rest.setAttribute("d", left);
      if (shown.ofClasses) count(observations.map(([at], i) => best(shares(see([at]))) !== labels[i]));
    },
    regions() {
      const see = seer(), m = data.fine, [[left, end], [bottom, top]] = sides();
      const at = (i, j) => [left + (i / m) * (end - left), bottom + (j / m) * (top - bottom)];
      const grid = Array.from({ length: m + 1 }, (_, i) => Array.from({ length: m + 1 }, (_, j) => shares(see(at(i, j)))));
      ground.replaceChildren(...shades(grid, at, m));
      line.setAttribute("d", boundary(grid, at));
      observations.forEach(([across, up], i) => place(i, across, up));
      count(observations.map((row, i) => best(shares(see(row))) !== labels[i]));
    },
    targets() {
      const see = seer(), found = observations.map((row) => see(row)), [low, high] = sides()[0];
      if (!shown.ofClasses) {
        const n = found[0].length;
        line.setAttribute("d", `M${spot([px(low), py(low)])}L${spot([px(high), py(high)])}`);
        return marks.forEach((_, k) => place(k, target(Math.floor(k / n))[k % n], found[Math.floor(k / n)][k % n]));
      }
      const share = found.map(shares);
      share.forEach((parts, i) => place(i, labels[i] + aside(i), parts[labels[i]]));
      count(share.map((parts, i) => best(parts) !== labels[i]));
    },
  };

  // Points of one class beside each other.
  const aside = (i) => ((i * 0.618034) % 1) * 0.7 - 0.35;

  // Regions by their class and by how sure it is: runs of cells, one path for each shade.
  function shades(grid, at, m) {
    const paths = new Map(), levels = 5;
    const across = (i) => px(at(i - 0.5, 0)[0]).toFixed(1), up = (j) => py(at(0, j - 0.5)[1]).toFixed(1);
    const shade = (share) => {
      const k = best(share), sure = (share[k] * share.length - 1) / (share.length - 1);
      return k < 0 ? "" : `c${k % 10} s${Math.min(levels - 1, Math.floor(levels * sure))}`;
    };
    for (let j = 0; j <= m; j += 1) {
      for (let i = 0, from = 0, name = shade(grid[0][j]), next; i <= m; i += 1, name = next) {
        next = i < m ? shade(grid[i + 1][j]) : null;
        if (next === name) continue;
        if (name) paths.set(name, `${paths.get(name) ?? ""}M${across(from)} ${up(j)}H${across(i + 1)}V${up(j + 1)}H${across(from)}z`);
        from = i + 1;
      }
    }
    return [...paths].sort().map(([name, d]) => svg("path", { class: `shade ${name}`, d }));
  }

  // Where a class is as near as the nearest other one.
  function boundary(grid, at) {
    const lead = (share, k) => share[k] - Math.max(...share.filter((_, other) => other !== k));
    const classes = shown.classes.length === 2 ? [1] : shown.classes.keys();
    return [...classes].map((k) => isoline(grid.map((row) => row.map((share) => lead(share, k))), 0, at)).join("");
  }

  function drawData() {
    drawn[shown.kind]();
    if (by("observation")) marks.forEach((mark, i) => mark.classList.toggle("chosen", Math.floor((i * observations.length) / marks.length) === chosen));
    plane.setAttribute("aria-label", `${shown.told}; R = ${written(all[0])}${right.textContent && `; ${right.textContent}`}`);
  }

  // The plane fills its place, whatever form that has, and letters are no smaller on a phone.
  function laid() {
    const { clientWidth, clientHeight } = plane.parentElement, zoom = Math.min(1.6, Math.max(1, clientWidth / 700));
    if (clientHeight > 100) measured(clientWidth / zoom, clientHeight / zoom);
    right.setAttribute("x", W - 18);
    scale.replaceChildren(...axes(shown.names), right);
  }

  // A click on an observation shows its numbers in the diagram.
  if (by("observation")) marks.forEach((mark, i) => {
    mark.style.cursor = "pointer";
    mark.addEventListener("click", () => choose(Math.floor((i * observations.length) / marks.length)));
  });

  paths.append(rest, line, ...marks);
  laid();
  new ResizeObserver(() => { laid(); drawData(); }).observe(plane.parentElement);

