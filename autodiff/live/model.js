  // -- the situation: the numbers of the leaves, and all that follows from them -----------------

  const { leaves, output } = data;
  const start = leaves.map((leaf) => leaf.start);
  const parameters = leaves.map((leaf, k) => k).filter((k) => leaves[k].gradient !== null);
  let x = start.slice(), all = [];

  function computed(at) {
    const found = programs.main(at);
    return programs.absorbing && Number.isNaN(found[found.length - 1]) ? programs.absorbing(at) : found;
  }

  const slopes = (found) => parameters.map((k) => found[leaves[k].gradient]);

  function moved(at, step) {
    const next = at.slice();
    parameters.forEach((k, i) => { next[k] += step[i]; });
    return next;
  }

  function hessian(at) {
    const n = parameters.length;
    return hessianOf((direction) => programs.curvature([...at, ...direction]).slice(0, n), n);
  }

