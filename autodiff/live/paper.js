  // -- a plane with two axes: `sides` says from where to where they go ----------------------------

  const EDGE = 46, plane = by("plane");
  let W, H;

  // Where numbers are in the picture, and back.
  const px = (x) => EDGE + ((W - EDGE - 8) * (x - sides()[0][0])) / (sides()[0][1] - sides()[0][0]);
  const py = (y) => H - EDGE + 14 - ((H - EDGE) * (y - sides()[1][0])) / (sides()[1][1] - sides()[1][0]);
  const back = ({ x, y }) => [
    sides()[0][0] + ((x - EDGE) / (W - EDGE - 8)) * (sides()[0][1] - sides()[0][0]),
    sides()[1][0] + ((H - EDGE + 14 - y) / (H - EDGE)) * (sides()[1][1] - sides()[1][0]),
  ];
  const spot = (pair) => pair.map((entry) => entry.toFixed(1)).join(" ");

  const ground = svg("g", { "clip-path": "url(#inside)" }), scale = svg("g", {}), paths = svg("g", { "clip-path": "url(#inside)" });
  const clip = svg("clipPath", { id: "inside" }), inside = svg("rect", { x: EDGE, y: 14 });
  clip.append(inside);
  plane.append(clip, ground, paths, scale);

  function measured(width, height) {
    [W, H] = [width, height];
    plane.setAttribute("viewBox", `0 0 ${width} ${height}`);
    inside.setAttribute("width", W - EDGE - 8);
    inside.setAttribute("height", H - EDGE);
  }

  // On a phone a smaller plane, so that its numbers can be read.
  const [, , across, up] = plane.getAttribute("viewBox").split(" ").map(Number), narrow = stage.clientWidth < 500;
  measured(narrow ? 400 : across, narrow ? (across === up ? 400 : 330) : up);

  function axes([horizontal, vertical]) {
    const text = (said, attributes) => { const element = svg("text", { class: "tick", ...attributes }); element.textContent = said; return element; };
    const ticks = ([low, high]) => {
      const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough)), unit = [1, 2, 5, 10].find((k) => k * power >= rough) * power;
      const first = Math.ceil(low / unit), count = Math.floor(high / unit) - first + 1;
      return Array.from({ length: count }, (_, k) => Number(((first + k) * unit).toPrecision(12)));
    };
    const bottom = H - EDGE + 14;
    return [
      svg("path", { class: "frame", d: `M${EDGE} 14H${W - 8}V${bottom}H${EDGE}Z` }),
      ...ticks(sides()[0]).map((x) => text(written(x), { x: px(x).toFixed(1), y: bottom + 17, "text-anchor": "middle" })),
      ...ticks(sides()[1]).filter((y) => py(y) > 12).map((y) => text(written(y, 3), { x: EDGE - 5, y: (py(y) + 4).toFixed(1), "text-anchor": "end" })),
      text(horizontal, { x: W - 14, y: bottom - 8, "text-anchor": "end", class: "axis" }),
      text(vertical, { x: EDGE + 8, y: 32, class: "axis" }),
    ];
  }

  // Where a function has one value, through a grid of its values, by marching squares.
  function isoline(grid, level, at) {
    const m = grid.length - 1;
    let path = "";
    const between = (i, j, k, l) => {
      const part = (level - grid[i][j]) / (grid[k][l] - grid[i][j]), [a, b] = [at(i, j), at(k, l)];
      return [px(a[0] + part * (b[0] - a[0])), py(a[1] + part * (b[1] - a[1]))];
    };
    for (let i = 0; i < m; i += 1) for (let j = 0; j < m; j += 1) {
      const below = (grid[i][j] < level) + (grid[i + 1][j] < level) + (grid[i + 1][j + 1] < level) + (grid[i][j + 1] < level);
      if (below % 4 === 0) continue;  // most cells: the line does not cross them
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      if (!corners.every(([a, b]) => Number.isFinite(grid[a][b]))) continue;
      const crossed = corners.map((corner, k) => [corner, corners[(k + 1) % 4]]).filter(([[a, b], [c, d]]) => (grid[a][b] < level) !== (grid[c][d] < level));
      const ends = crossed.map(([[a, b], [c, d]]) => between(a, b, c, d));
      for (let k = 0; k + 1 < ends.length; k += 2) path += `M${spot(ends[k])}L${spot(ends[k + 1])}`;
    }
    return path;
  }

