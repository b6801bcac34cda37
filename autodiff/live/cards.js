  // -- what is seen ----------------------------------------------------------------------------

  const cards = data.cards.map((card) => ({ ...card, v: parts.get(`v${card.id}`)?.part, g: parts.get(`g${card.id}`)?.part }));
  const byCard = new Map(cards.map((card) => [`n${card.id}`, card]));
  const edges = data.edges.map((edge) => ({ ...edge, label: parts.get(`le${edge.lower}-${edge.upper}`).part.querySelector(".local") }));
  let slots = [];

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
    mark();
    drawPanel();
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
    for (const { lower, label } of edges) if (asked === `n${lower}`) plated(label);
  }

  // The plate of a label is as wide as what it says.
  function plated(label) {
    const width = label.getComputedTextLength() + 14, plate = label.parentNode.querySelector(".plate");
    plate.setAttribute("x", (Number(label.getAttribute("x")) - width / 2).toFixed(1));
    plate.setAttribute("width", width.toFixed(1));
  }

  // The places of the derivation, one element each.
  pieces = (text) => text.split(/(\ue005?\ue003\d+,\d\ue004)/).filter(Boolean).map((piece) => {
    const found = /^(\ue005?)\ue003(\d+),(\d)\ue004$/.exec(piece);
    if (!found) return piece;
    const place = Number(found[2]), least = Number(found[3]), span = made("span", placed(all[place], least, found[1]), "slot");
    slots.push({ span, place, least, dot: found[1] });
    return span;
  });

  // -- what is said ------------------------------------------------------------------------------

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

