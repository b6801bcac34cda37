"use strict";
(() => {
  const { steps, details } = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const stage = by("stage"), picture = stage.firstElementChild, slider = by("slider"), last = steps.length - 1;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const parts = new Map(), texts = new Map();
  for (const part of picture.querySelectorAll("[id]")) {
    parts.set(part.id, { part, classes: part.getAttribute("class") || "" });
    if (part.tagName === "text") texts.set(part.id, part.textContent);
  }
  let at = 0, timer = null, asked = null;

  // -- what is seen at a step: all that the steps before it left behind ----------------------

  function draw() {
    const marks = new Map(), said = new Map(texts), now = steps[at].now;
    for (const step of steps.slice(0, at + 1)) {
      for (const id in step.marks) marks.set(id, step.marks[id]);
      for (const id in step.texts) said.set(id, step.texts[id]);
    }
    for (const [id, { part, classes }] of parts) {
      const shown = [classes, marks.get(id), Object.hasOwn(now, id) && now[id], id === asked && "asked"];
      const wanted = shown.filter(Boolean).join(" ");
      if ((part.getAttribute("class") || "") !== wanted) part.setAttribute("class", wanted);
    }
    for (const [id, text] of said) {
      const { part } = parts.get(id);
      if (part.textContent !== text) part.textContent = text;
    }
    for (const part of rooms) fit(part);
  }

  // In a wide font, text is narrowed to the room that its card has for it.
  const rooms = picture.querySelectorAll("text[data-room]");

  function fit(part) {
    part.removeAttribute("textLength");
    const room = Number(part.dataset.room);
    if (part.getComputedTextLength() <= room) return;
    part.setAttribute("textLength", room);
    part.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }

  function tell() {
    const { title, formulas, words } = steps[at];
    by("title").textContent = title;
    by("words").textContent = words;
    by("formulas").replaceChildren(...formulas.flatMap(([label, formula]) => block(label, formula)));
    by("told").classList.toggle("listing", formulas.length > 1 && formulas.every(([label]) => !label));
  }

  function made(tag, text, name = "") {
    const element = document.createElement(tag);
    element.textContent = text;
    element.className = name;
    return element;
  }

  function block(label, formula) {
    const both = document.createElement("div");
    both.append(made("dt", label), set("dd", formula));
    return [both];
  }

  // Fractions are marked by signs that no name contains.
  function set(tag, formula, name = "") {
    const line = made(tag, "", name);
    for (const piece of formula.split(/(\ue000[^\ue002]*\ue002)/)) {
      if (!piece.startsWith("\ue000")) { line.append(piece); continue; }
      const [over, under] = piece.slice(1, -1).split("\ue001");
      const fraction = made("span", "", "fraction");
      fraction.append(made("span", over, "over"), made("span", "/", "slash"), made("span", under, "under"));
      line.append(fraction);
    }
    return line;
  }

  function show(step) {
    at = Math.min(Math.max(step, 0), last);
    draw();
    tell();
    slider.value = at;
    slider.setAttribute("aria-valuetext", `step ${at} of ${last}: ${steps[at].title}`);
    by("count").textContent = `${at} / ${last}`;
    for (const id of ["first", "back"]) by(id).disabled = at === 0;
    for (const id of ["next", "last"]) by(id).disabled = at === last;
    keepInView(Object.keys(steps[at].now));
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

  // -- moving --------------------------------------------------------------------------------

  function play() {
    if (timer !== null) return pause();
    if (at === last) show(0);
    const tick = () => {
      if (at < last) show(at + 1);
      if (at < last) timer = setTimeout(tick, 1000 * by("speed").value);
      else pause();
    };
    timer = setTimeout(tick, 300);
    playing(true);
  }

  function pause() {
    clearTimeout(timer);
    timer = null;
    playing(false);
  }

  function playing(on) {
    by("play").classList.toggle("on", on);
    by("play").setAttribute("aria-label", on ? "Pause" : "Play");
    by("told").setAttribute("aria-live", on ? "off" : "polite");
  }

  const go = (step) => { pause(); show(step); };
  const moves = {
    first: () => go(0), back: () => go(at - 1), play, next: () => go(at + 1), last: () => go(last),
  };
  for (const id in moves) by(id).addEventListener("click", moves[id]);
  slider.addEventListener("input", () => go(Number(slider.value)));

  const keys = { ArrowLeft: "back", ArrowRight: "next", Home: "first", End: "last", " ": "play" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && asked !== null) return close();
    const target = event.target;
    const own = event.key === " " ? target.closest("button, select, [role=button]") : target.closest("select, #detail-text");
    if (own || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    moves[keys[event.key]]();
  });

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
        if (note) row.lastChild.append(made("span", note, "note"));
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

  for (const id of Object.keys(details)) {
    if (!parts.has(id)) continue;
    const { part } = parts.get(id);
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", `${details[id].title}: show its derivation`);
    part.addEventListener("click", () => ask(id));
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      ask(id);
    });
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
    keepInView(Object.keys(steps[at].now));
  }
  by("whole").addEventListener("click", () => whole(!stage.classList.contains("whole")));
  const { width, height } = picture.viewBox.baseVal;
  const legible = Math.min(stage.clientWidth / width, stage.clientHeight / height) > 0.62;
  whole(legible || !Object.keys(details).length);

  const linked = () => /^#step=(\d+)$/.exec(location.hash);
  addEventListener("hashchange", () => linked() && go(Number(linked()[1])));
  show(linked() ? Number(linked()[1]) : 0);
})();
