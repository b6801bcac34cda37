  // -- steps downhill, whatever is minimised; and sums over data ---------------------------------

  const sum = (terms) => terms.reduce((a, b) => a + b, 0);
  const dot = (a, b) => sum(a.map((entry, i) => entry * b[i]));

  // What a program gives for parameters and an observation, summed over all observations.
  function summed(program, theta, rows) {
    const given = [...theta, ...rows[0]], n = theta.length, total = program(given);
    for (let i = 1; i < rows.length; i += 1) {
      for (let j = 0; j < rows[i].length; j += 1) given[n + j] = rows[i][j];
      const found = program(given);
      for (let k = 0; k < found.length; k += 1) total[k] += found[k];
    }
    return total;
  }

  // The rules: how far each parameter moves, from the gradient and the step size. What is known of earlier
  // steps is in `past`, an object for each run; only Newton's rule asks for the Hessian.
  const rules = {
    descent: (g, s) => g.map((slope) => -s * slope),
    momentum(g, s, past) {
      past.v = g.map((slope, i) => (past.v ? 0.9 * past.v[i] : 0) + slope);
      return past.v.map((v) => -s * v);
    },
    adam(g, s, past) {
      const { m = g.map(() => 0), v = m, t = 1 } = past, next = (mean, x, beta) => beta * mean + (1 - beta) * x;
      Object.assign(past, { m: m.map((x, i) => next(x, g[i], 0.9)), v: v.map((x, i) => next(x, g[i] * g[i], 0.999)), t: t + 1 });
      return past.m.map((x, i) => -s * x / (1 - 0.9 ** t) / (Math.sqrt(past.v[i] / (1 - 0.999 ** t)) + 1e-8));
    },
    newton: (g, s, past, hessian) => solved(hessian(), g)?.map((entry) => -s * entry),
  };

  // The Hessian, row by row, from a function that multiplies it by a vector of n numbers.
  function hessianOf(product, n) {
    return Array.from({ length: n }, (_, i) => product(Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))));
  }

  // By Gaussian elimination with pivots; nothing for a matrix that has no inverse.
  function solved(matrix, right) {
    const rows = matrix.map((row, i) => [...row, right[i]]), n = rows.length;
    for (let k = 0; k < n; k += 1) {
      let best = k;
      for (let i = k; i < n; i += 1) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
      if (rows[best][k] === 0 || !Number.isFinite(rows[best][k])) return null;
      [rows[k], rows[best]] = [rows[best], rows[k]];
      for (let i = k + 1; i < n; i += 1) {
        const factor = rows[i][k] / rows[k][k];
        for (let j = k; j <= n; j += 1) rows[i][j] -= factor * rows[k][j];
      }
    }
    const found = Array(n).fill(0);
    for (let k = n - 1; k >= 0; k -= 1) {
      found[k] = (rows[k][n] - dot(rows[k].slice(k + 1, n), found.slice(k + 1))) / rows[k][k];
    }
    return found.every(Number.isFinite) ? found : null;
  }

  // The eigenvalues of a symmetric matrix, by the rotations of Jacobi.
  function eigenvalues(matrix) {
    const a = matrix.map((row, i) => row.map((entry, j) => (entry + matrix[j][i]) / 2)), n = a.length;
    for (let sweep = 0; sweep < 30; sweep += 1) {
      const off = sum(a.map((row, i) => dot(row, row) - row[i] * row[i]));
      if (!(off > 1e-30 * sum(a.map((row) => dot(row, row))))) break;
      for (let p = 0; p < n; p += 1) for (let q = p + 1; q < n; q += 1) rotate(a, p, q);
    }
    return a.map((row, i) => row[i]);
  }

  // A rotation that makes one entry 0.
  function rotate(a, p, q) {
    if (a[p][q] === 0) return;
    const ratio = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    const t = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1)), c = 1 / Math.hypot(t, 1), s = t * c;
    for (const row of a) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
    for (let j = 0; j < a.length; j += 1) [a[p][j], a[q][j]] = [c * a[p][j] - s * a[q][j], s * a[p][j] + c * a[q][j]];
  }

  // The largest curvature λ: steps of steepest descent above 2/λ lead away. Nothing where none is known.
  function largest(matrix) {
    const found = Math.max(...eigenvalues(matrix));
    return found > 0 && Number.isFinite(found) ? found : null;
  }
