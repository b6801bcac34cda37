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
  const sum = (terms) => terms.reduce((a, b) => a + b, 0);
  const dot = (a, b) => sum(a.map((entry, i) => entry * b[i]));

  // The rules: how far each parameter moves, from the gradient, the step size, and where it is.
  const rules = {
    descent: (g, s) => g.map((slope) => -s * slope),
    newton: (g, s, at) => solved(hessian(at), g)?.map((entry) => -s * entry),
  };

  function moved(at, step) {
    const next = at.slice();
    parameters.forEach((k, i) => { next[k] += step[i]; });
    return next;
  }

  function hessian(at) {
    return parameters.map((_, i) => programs.curvature([...at, ...parameters.map((_, j) => (i === j ? 1 : 0))]).slice(0, parameters.length));
  }

  // By Gaussian elimination with pivots; nothing for a matrix that has no inverse.
  function solved(matrix, right) {
    const rows = matrix.map((row, i) => [...row, right[i]]), n = rows.length;
    for (let k = 0; k < n; k += 1) {
      let best = k;
      for (let i = k; i < n; i += 1) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
      if (!(Math.abs(rows[best][k]) > 0)) return null;
      [rows[k], rows[best]] = [rows[best], rows[k]];
      for (let i = k + 1; i < n; i += 1) {
        const factor = rows[i][k] / rows[k][k];
        for (let j = k; j <= n; j += 1) rows[i][j] -= factor * rows[k][j];
      }
    }
    const found = Array(n).fill(0);
    for (let k = n - 1; k >= 0; k -= 1) {
      const known = sum(found.map((entry, j) => (j > k ? rows[k][j] * entry : 0)));
      found[k] = (rows[k][n] - known) / rows[k][k];
    }
    return found;
  }

  // The eigenvalues of a symmetric matrix, by the rotations of Jacobi.
  function eigenvalues(matrix) {
    const a = matrix.map((row, i) => row.map((entry, j) => (entry + matrix[j][i]) / 2)), n = a.length;
    for (let sweep = 0; sweep < 30; sweep += 1) {
      const off = sum(a.map((row, i) => sum(row.map((entry, j) => (i === j ? 0 : entry * entry)))));
      if (!(off > 1e-24 * sum(a.map((row) => dot(row, row))))) break;
      for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) rotate(a, p, q);
    }
    return a.map((row, i) => row[i]);
  }

  function rotate(a, p, q) {
    if (a[p][q] === 0) return;
    const ratio = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const t = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1)), c = 1 / Math.hypot(t, 1), s = t * c;
    for (const row of a) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
    for (let j = 0; j < a.length; j += 1) [a[p][j], a[q][j]] = [c * a[p][j] - s * a[q][j], s * a[p][j] + c * a[q][j]];
  }

  // The largest curvature; nothing where there is none that is known.
  function largest(at) {
    if (!programs.curvature) return null;
    const found = Math.max(...eigenvalues(hessian(at)));
    return found > 0 && Number.isFinite(found) ? found : null;
  }

