  const { steps } = data, slider = by("slider"), last = steps.length - 1;
  const texts = new Map(), rooms = [...picture.querySelectorAll("text[data-room]")];
  for (const [id, { part }] of parts) if (part.tagName === "text") texts.set(id, part.textContent);
  let at = 0, timer = null;

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
    fit(rooms);
  }

  function tell() {
    const { title, formulas, words } = steps[at];
    by("title").textContent = title;
    by("words").textContent = words;
    by("formulas").replaceChildren(...formulas.flatMap(([label, formula]) => block(label, formula)));
    by("told").classList.toggle("listing", formulas.length > 1 && formulas.every(([label]) => !label));
  }

  function block(label, formula) {
    const both = document.createElement("div");
    both.append(made("dt", label), set("dd", formula));
    return [both];
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

  by("whole").addEventListener("click", () => keepInView(Object.keys(steps[at].now)));

  const linked = () => /^#step=(\d+)$/.exec(location.hash);
  addEventListener("hashchange", () => linked() && go(Number(linked()[1])));
  show(linked() ? Number(linked()[1]) : 0);
