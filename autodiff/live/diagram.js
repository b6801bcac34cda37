  // -- the diagram of the network: numbers in their places, lines as thick as what they are of ------------

  const { diagram } = data, THIN = 0.8, THICK = 4;
  const slots = diagram.slots.map((slot) => ({ ...slot, text: parts.get(slot.part).part.querySelectorAll("text")[slot.line] }));
  const ways = Object.entries(diagram.ways).map(([id, leaf]) => ({ part: parts.get(id).part, leaf }));
  let chosen = 0, figures = [];

  // The observations of which numbers are shown: those that there are, or the chosen one.
  const observed = () => (diagram.most === data.observations.length ? data.observations : [data.observations[chosen]]);

  const sources = {
    leaf: (place) => x[place],
    slope: (place) => (leaves[place].gradient === null ? null : all[leaves[place].gradient]),
    input: (place, s) => observed()[s][place],
    node: (place, s) => figures[s][place],
    risk: () => all[0],
  };

  function targets(place) {
    const own = (row) => row.slice(data.features).filter((_, j) => place < 0 || place === j);
    return observed().map((row) => own(row).map((entry) => written(entry)).join(" ")).join(", ");
  }

  function drawDiagram() {
    figures = observed().map((row) => programs.nodes([...x, ...row]));
    for (const { text, before, source, place, shown } of slots) {
      const number = source === "target" ? targets(place) : sources[source](place, shown);
      put(text, before + (number === null ? "–" : typeof number === "string" ? number : fitting(number, diagram.room)));
    }
    const most = Math.max(...ways.map(({ leaf }) => Math.abs(x[leaf])).filter(Number.isFinite), 1e-300);
    for (const { part, leaf } of ways) {
      const sign = x[leaf] > 0 ? "positive" : x[leaf] < 0 ? "negative" : "zero";
      part.setAttribute("class", `edge way ${sign}`);
      part.setAttribute("stroke-width", (THIN + (THICK - THIN) * Math.min(1, Math.abs(x[leaf]) / most || 0)).toFixed(2));
    }
    fit(changed);
    changed = [];
    if (showChosen) showChosen();
  }

  const isObservation = (number) => Number.isInteger(number) && number >= 1 && number <= data.observations.length;

  // Another observation is chosen by its number, or by a click on its mark.
  function choose(i) {
    const row = data.observations[i], list = (entries) => entries.map((entry) => written(entry)).join(", ");
    chosen = i;
    say(`Observation ${i + 1}: x = ${list(row.slice(0, data.features))}, y = ${list(row.slice(data.features))}`, "The nodes show its numbers; the gradients are those of R, over all observations.");
    draw();
  }
  const showChosen = by("observation") && setting("observation", "observation", () => chosen + 1, (to) => choose(to - 1), isObservation, `Type a whole number, 1 to ${data.observations.length}.`);
