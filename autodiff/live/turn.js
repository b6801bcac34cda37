  // -- your turn: a derivative is asked for, and what is typed is compared at twenty points ----------------

  const places = new Map();  // of the values that a name means; nothing where it means several
  for (const { name, value } of data.cards) places.set(name, places.has(name) ? null : value);
  const placeOf = leaves.map((leaf) => byCard.get(leaf.id).value);

  // w11_2 is w₁₁⁽²⁾, as in Python.
  function mathematical(word) {
    const below = (digits) => [...digits].map((digit) => String.fromCodePoint(0x2080 + Number(digit))).join("");
    const above = (digits) => (digits ? `⁽${[...digits].map((digit) => RAISED[digit]).join("")}⁾` : "");
    return word.replace(/^(\p{L}\p{M}*)_?(\d+)(?:_(\d+)|(⁽[^⁾]*⁾))?(\[\d+\])?$/u, (_, letter, index, layer, own, which = "") => letter + below(index) + (own ?? above(layer)) + which);
  }
  const meaning = (word) => places.get(word) ?? places.get(mathematical(word)) ?? null;

  // Other numbers for all leaves, the same ones each time: by turns near, of other signs, and about 1.
  function others() {
    let seed = 1;
    const random = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
    return Array.from({ length: 20 }, (_, i) => x.map((entry) => {
      const near = entry * (0.5 + random()) + 0.2 * (random() - 0.5), sign = random() < 0.5 ? -1 : 1;
      return [near, sign * near, 3 * (random() - 0.5)][i % 3];
    }));
  }

  const near = (a, b) => Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b)) + 1e-12;

  // What a formula and the derivative are at points; data that it does not name keep their numbers.
  function compared({ result, used }, turn) {
    const held = (point) => point.map((entry, k) => (leaves[k].gradient === null && !used.has(placeOf[k]) ? x[k] : entry));
    const found = others().map((point) => computed(held(point))), place = byCard.get(`n${turn.card}`).gradient;
    return found.map((values) => ({ values, right: values[place], typed: result(values) })).filter(({ right }) => Number.isFinite(right));
  }

  function verdict(text, turn) {
    const read = formula(text, meaning), points = compared(read, turn), ratio = points.find(({ right }) => right !== 0);
    const constant = points.every(({ right }) => near(right, points[0]?.right));
    if (!points.length) return ["unreadable", `${turn.asked} is no number at the points that were tried`];
    if (!read.used.size && !constant) return ["unreadable", `a number, not a formula: write ${turn.asked} in names`];
    if (points.every(({ right, typed }) => near(right, typed))) return ["right", `it is ${turn.asked}`];
    const times = ratio ? ratio.typed / ratio.right : NaN;
    if (times !== 0 && points.every(({ right, typed }) => near(times * right, typed))) return ["wrong", scaled(times, turn)];
    const other = data.turns.find(({ card }) => card !== turn.card && points.every(({ values, typed }) => near(values[byCard.get(`n${card}`).gradient], typed)));
    if (other) return ["wrong", `it is ${other.asked}`];
    const here = read.result(all), right = all[byCard.get(`n${turn.card}`).gradient];
    return ["wrong", near(here, right) ? "it is right at the numbers of this page, but not at others" : `it comes to ${written(here)} where ${turn.asked} is ${written(right)}`];
  }

  function scaled(times, { asked }) {
    if (near(times, -1)) return "the sign is wrong";
    const [missing, much] = [1 / times, times].map((factor) => Number(factor.toPrecision(6)));
    if (Number.isInteger(missing)) return `the factor ${written(missing)} is missing`;
    return `it is ${written(much)} times ${asked}`;
  }

  // The formulas between equality signs, each at its place, without what is asked for in front.
  function sides(answer) {
    const parts = answer.split("=");
    const placed = parts.map((part, i) => " ".repeat(parts.slice(0, i).join("=").length + (i > 0)) + part);
    return parts.length > 1 && parts[0].includes("∂") ? placed.slice(1) : placed;
  }

  function judged(answer, turn) {
    try {
      if (answer.length > 1000) throw wrong("that is too long", 0);
      const found = sides(answer).map((side) => verdict(side, turn));
      return found.find(([kind]) => kind !== "right") ?? found[0];
    } catch (error) {
      return ["unreadable", error.place === undefined ? "it is nested too deeply" : error.message, error.place];
    }
  }

  const turnNow = () => data.turns[by("asked").selectedIndex];
  by("asked").append(...data.turns.map(({ asked }) => made("option", asked)));
  by("asked").addEventListener("change", () => { by("hints").replaceChildren(); by("verdict").replaceChildren(); });
  by("turn").addEventListener("submit", (event) => {
    event.preventDefault();
    const [kind, reason, place] = judged(by("answer").value, turnNow());
    by("verdict").replaceChildren(made("b", kind, kind), `: ${reason}`);
    if (place === undefined) return;
    by("answer").focus();
    by("answer").setSelectionRange(place, place + 1);
  });
  by("hint").addEventListener("click", () => {
    const hint = turnNow().hints[by("hints").children.length];
    if (hint) by("hints").append(made("li", hint));
    else by("verdict").textContent = "There are no more hints: click the card for the whole derivation.";
  });
