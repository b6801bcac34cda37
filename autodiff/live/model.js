  // -- the situation: the numbers of the leaves, and all that follows from them -----------------

  const { leaves, output } = data;
  const start = leaves.map((leaf) => leaf.start);
  const parameters = leaves.map((leaf, k) => k).filter((k) => leaves[k].gradient !== null);
  let x = start.slice(), all = [];

  // Of data, a program computes one observation, and R is their sum, or their mean.
  function total(program, at) {
    return data.observations ? summed(program, at, data.observations).map((sum) => data.scale * sum) : program(at);
  }

  function computed(at) {
    const found = total(programs.main, at);
    return programs.absorbing && Number.isNaN(found[found.length - 1]) ? total(programs.absorbing, at) : found;
  }

  const slopes = (found) => parameters.map((k) => found[leaves[k].gradient]);

  function moved(at, step) {
    const next = at.slice();
    parameters.forEach((k, i) => { next[k] += step[i]; });
    return next;
  }

  function hessian(at) {
    const n = parameters.length;
    return hessianOf((direction) => total(programs.curvature, [...at, ...direction]).slice(0, n), n);
  }

