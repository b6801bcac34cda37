  // -- what both live pages have: text, settings, running, and the situation as text ---------------

  let size = 0.1, running = null, timer = null;
  const inFile = location.protocol !== "about:";

  // Text is written only where it changed: most cards stay as they are.
  let changed = [...picture.querySelectorAll("text[data-room]")];
  function put(element, text) {
    if (element.textContent === text) return;
    element.textContent = text;
    if (element.dataset.room) changed.push(element);
  }

  function svg(tag, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  }

  function lettered(said, attributes) {
    const element = svg("text", attributes);
    element.textContent = said;
    return element;
  }

  function say(title, words = "", advice = "") {
    put(by("title"), title);
    put(by("words"), words);
    put(by("advice"), advice);
  }

  function complain(text) {
    by("problem").hidden = !text;
    put(by("problem"), text);
  }

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

  // Browsers refuse an address that changes too often.
  function keep() {
    if (!inFile) return;
    clearTimeout(timer);
    timer = setTimeout(() => { try { history.replaceState(null, "", situation()); } catch { /* it is behind Copy state, too */ } }, 300);
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
    else say("The state is restored.");
  });
  addEventListener("hashchange", () => { if (location.hash !== situation()) complain(restored(location.hash) || broken()); });

