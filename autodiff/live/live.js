  // What is drawn besides the picture.
  function drawPanel() {
    put(by("output"), written(all[output.value]));
    put(by("count"), String(steps));
    drawRows();
    drawCurve();
    keep();
  }

  // -- the situation as text: in the address of a file, and to be copied ---------------------------

  function situation() {
    const changed = x.map((value, k) => [k, value]).filter(([k, value]) => value !== start[k]);
    const kept = [["of", leaves.length], ...changed, ["s", size], ["eta", eta]];
    if (by("rule").value !== "descent") kept.push(["rule", by("rule").value]);
    if (asked !== null) kept.push(["card", asked]);
    if (by("observation")) kept.push(["observation", chosen + 1]);
    return `#${kept.map(([name, value]) => `${name}=${value}`).join("&")}`;
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
    const row = read(found.get("observation") ?? "");
    if (by("observation") && isObservation(row)) chosen = row - 1;
    refresh(true);
    noted(false);
    draw();
    sized();
    showEta();
    if (Object.hasOwn(details, found.get("card") ?? "")) ask(found.get("card"));
    return "";
  }

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
