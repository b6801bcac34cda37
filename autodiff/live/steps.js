  // -- descent -----------------------------------------------------------------------------------

  let steps = 0, points = [], past = {};

  function step() {
    const g = slopes(all), before = all[output.value], from = x, newton = by("rule").value === "newton";
    if (g.every((slope) => slope === 0) && !Object.keys(past).length) {  // what earlier steps left may go on
      say(`∇${output.name} = 0: a stationary point.`, "There is no way downhill that the gradient shows.");
      return false;
    }
    const change = rules[by("rule").value](g, size, past, () => hessian(from));
    if (!change || !change.every(Number.isFinite)) {
      say("No step can be made from here.", newton ? "The Hessian H has no inverse, or is not finite." : "The gradient is not finite.");
      return false;
    }
    base = null;
    x = moved(x, change);
    refresh(true);
    steps += 1;
    noted(false);
    drawCurve();
    put(by("count"), String(steps));
    const after = all[output.value], still = x.every((entry, k) => entry === from[k]);
    say(`Step ${steps}: ${output.name} ${written(before)} → ${written(after)}`, `predicted ${signed(dot(g, change))}, actual ${signed(after - before)}`, advice(before, after, from));
    return Number.isFinite(after) && !still;
  }

  function advice(before, after, from) {
    if (!(after > before)) return "";
    const rule = by("rule").value;
    if (rule === "newton") return `${output.name} went up: far from a minimum Newton's step may lead anywhere.`;
    if (rule !== "descent") return `${output.name} went up: what is left of earlier steps carries beyond.`;
    const curvature = programs.curvature ? largest(hessian(from)) : null;
    const bound = curvature === null ? "" : ` (s < 2/λ = ${written(2 / curvature, 3)}, where λ = ${written(curvature, 3)} is the largest curvature before the step)`;
    return `${output.name} went up: the step is too long${bound}.`;
  }

  function reset() {
    pause();
    x = start.slice();
    past = {};
    steps = 0;
    points = [];
    base = null;
    refresh(true);
    noted(false);
    draw();
    say("As it was at the start", `${output.name} = ${written(all[output.value])}`);
  }

  by("step").addEventListener("click", () => { pause(); step(); });
  by("run").addEventListener("click", run);
  by("reset").addEventListener("click", reset);

  const showEta = setting("nudge", "nudge", () => eta, (to) => { eta = to; }, (to) => to !== 0, "Type a number other than 0, such as 0.01.");
  by("rule").addEventListener("change", () => { past = {}; keep(); });

