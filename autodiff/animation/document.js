  // What every page does: text with fractions, derivations, light and dark, the whole picture or a part.
  const data = JSON.parse(document.getElementById("data").textContent), { details } = data;
  const by = (id) => document.getElementById(id);
  const stage = by("stage"), picture = stage.firstElementChild;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const parts = new Map();
  for (const part of picture.querySelectorAll("[id]")) {
    parts.set(part.id, { part, classes: part.getAttribute("class") || "" });
  }
  let asked = null;
  let pieces = (text) => [text];

  function made(tag, text, name = "") {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = name;
    return element;
  }

  // Fractions are marked by signs that no name contains.
  function set(tag, formula, name = "") {
    const line = made(tag, "", name);
    for (const piece of formula.split(/(\ue000[^\ue002]*\ue002)/)) {
      if (!piece.startsWith("\ue000")) { line.append(...pieces(piece)); continue; }
      const [over, under] = piece.slice(1, -1).split("\ue001");
      const fraction = made("span", "", "fraction");
      fraction.append(made("span", over, "over"), made("span", "/", "slash"), made("span", under, "under"));
      line.append(fraction);
    }
    return line;
  }

  // In a wide font, text is narrowed to the room that its card has for it. All is measured before anything
  // is changed, so that the browser lays it out once.
  function fit(parts) {
    for (const part of parts) if (part.hasAttribute("textLength")) part.removeAttribute("textLength");
    const wide = parts.filter((part) => part.getComputedTextLength() > Number(part.dataset.room));
    for (const part of wide) {
      part.setAttribute("textLength", part.dataset.room);
      part.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }

  function keepInView(ids) {
    const boxes = ids.filter((id) => parts.has(id)).map((id) => parts.get(id).part.getBoundingClientRect());
    if (!boxes.length || stage.classList.contains("whole")) return;
    const frame = stage.getBoundingClientRect();
    const wide = (some, low, high) => Math.max(...some.map((box) => box[high])) - Math.min(...some.map((box) => box[low]));
    const fit = wide(boxes, "left", "right") < frame.width && wide(boxes, "top", "bottom") < frame.height;
    if (!fit) boxes.length = 1;
    const edge = (pick, name) => pick(...boxes.map((box) => box[name]));
    const off = (low, high, from, to) => (low >= from && high <= to ? 0 : (low + high) / 2 - (from + to) / 2);
    stage.scrollBy({
      left: off(edge(Math.min, "left"), edge(Math.max, "right"), frame.left, frame.right),
      top: off(edge(Math.min, "top"), edge(Math.max, "bottom"), frame.top, frame.bottom),
      behavior: calm.matches ? "auto" : "smooth",
    });
  }

  // -- asking for a derivation ---------------------------------------------------------------

  function ask(id) {
    asked = id;
    by("detail-title").textContent = details[id].title;
    by("detail-text").replaceChildren(...details[id].paragraphs.map(paragraph));
    by("detail").hidden = false;
    document.querySelector("main").classList.add("asked");
    draw();
    by("detail-title").focus({ preventScroll: innerWidth > 800 });
  }

  // A paragraph is a table of equations, with sentences in rows of their own.
  function paragraph(rows) {
    const table = document.createElement("table");
    for (const [left, right, note] of rows) {
      const row = table.insertRow();
      if (right) {
        row.append(set("td", left, "left"), set("td", right, "right"));
        if (note) row.lastChild.append(set("span", note, "note"));
      } else {
        row.append(made("td", note, "sentence"));
        row.firstChild.colSpan = 2;
      }
    }
    return table;
  }

  function close() {
    const id = asked;
    asked = null;
    by("detail").hidden = true;
    document.querySelector("main").classList.remove("asked");
    draw();
    parts.get(id).part.focus({ preventScroll: true });
  }

  // What a card is, and what is done with it, by pointer and by keyboard.
  function answering(id, label) {
    const { part } = parts.get(id);
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", label);
    part.addEventListener("click", () => ask(id));
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      ask(id);
    });
  }
  for (const id of Object.keys(details)) {
    if (parts.has(id)) answering(id, `${details[id].title}: show its derivation`);
  }
  by("close").addEventListener("click", close);

  // -- looks ---------------------------------------------------------------------------------

  const root = document.documentElement, night = matchMedia("(prefers-color-scheme: dark)");
  function theme(dark) {
    root.dataset.theme = dark ? "dark" : "light";
    by("theme").setAttribute("aria-pressed", String(dark));
  }
  theme(night.matches);
  night.addEventListener("change", () => theme(night.matches));
  by("theme").addEventListener("click", () => theme(root.dataset.theme !== "dark"));

  function whole(on) {
    stage.classList.toggle("whole", on);
    by("whole").setAttribute("aria-pressed", String(on));
  }
  by("whole").addEventListener("click", () => whole(!stage.classList.contains("whole")));
  const { width, height } = picture.viewBox.baseVal;
  const legible = Math.min(stage.clientWidth / width, stage.clientHeight / height) > 0.62;
  whole(legible || !Object.keys(details).length);

