  // -- formulas as they are typed: a small part of what Python reads, evaluated, never executed ------------

  // A reader of one formula: `known` finds the value that a name means. It gives a function of `values`, an
  // array, and the places that it uses; or it throws a sentence with a place, counted from 0.
  const WORDS = {
    exp: Math.exp, ln: Math.log, log: Math.log, sqrt: Math.sqrt, abs: Math.abs,
    sin: Math.sin, cos: Math.cos, tan: Math.tan, tanh: Math.tanh, "tanh′": (v) => 1 - Math.tanh(v) ** 2,
    sigmoid: (v) => 1 / (1 + Math.exp(-v)), relu: (v) => (v <= 0 ? 0 : v), "relu′": (v) => (v > 0 ? 1 : 0),
  };
  WORDS.σ = WORDS.sigmoid;
  WORDS["σ′"] = WORDS["sigmoid′"] = (v) => WORDS.σ(v) * (1 - WORDS.σ(v));
  const NUMBERS = { e: Math.E, π: Math.PI, pi: Math.PI };
  const SIGNS = { "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "**": "^" };
  const PIECES = /\s+|(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)|(√|\p{L}[\p{M}\p{L}₀-₉]*(?:_?\d+)*(?:⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾)?(?:\[\d+\])?['′]?)|(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(\*\*|[-+*/^()−–·⋅×÷])/uy;

  const wrong = (message, place) => Object.assign(new Error(message), { place });

  function cut(text) {
    const found = [];
    for (PIECES.lastIndex = 0; PIECES.lastIndex < text.length;) {
      const place = PIECES.lastIndex, match = PIECES.exec(text);
      if (!match) throw wrong(`unexpected “${String.fromCodePoint(text.codePointAt(place))}”`, place);
      const [, number, name, raised, sign] = match;
      if (number) found.push({ kind: "number", text: number, place });
      if (name) found.push({ kind: "name", text: name.replace("'", "′"), place });
      if (sign) found.push({ kind: "sign", text: SIGNS[sign] ?? sign, place });
      if (raised) found.push({ kind: "sign", text: "^", place }, { kind: "number", text: [...raised].map((char) => LOWERED[char]).join(""), place });
    }
    return [...found, { kind: "end", text: "", place: text.length }];
  }

  const OPERATIONS = {
    "+": [1, (a, b) => a + b], "-": [1, (a, b) => a - b], "*": [2, (a, b) => a * b], "/": [2, (a, b) => a / b], "^": [4, (a, b) => (a === 1 ? 1 : a ** b)],
  };

  function formula(text, known) {
    const pieces = cut(text), used = new Set();
    let at = 0;
    const is = (sign) => pieces[at].kind === "sign" && pieces[at].text === sign;
    const closed = () => { if (!is(")")) throw wrong("a bracket is never closed", pieces[at].place); at += 1; };

    // A number, a name, a call, or brackets.
    function operand() {
      const { kind, text: word, place } = pieces[at];
      at += 1;
      if (kind === "number") { const number = Number(word); return () => number; }
      if (kind === "sign" && word === "(") { const inner = sum(0); closed(); return inner; }
      if (kind === "sign" && word === "-") { const inner = sum(3); return (values) => -inner(values); }
      if (kind === "sign" && word === "+") return sum(3);
      if (kind !== "name") throw wrong("expected a number, a name or a bracket", place);
      const value = known(word);
      if (value !== null) { used.add(value); return (values) => values[value]; }
      if (word === "√") {
        if (pieces[at].kind === "sign" && !is("(")) throw wrong("√ needs brackets: √(x)", place);
        const inner = operand();
        return (values) => Math.sqrt(inner(values));
      }
      if (Object.hasOwn(WORDS, word)) {
        if (!is("(")) throw wrong(`${word} needs brackets: ${word}(x)`, place);
        at += 1;
        const inner = sum(0);
        closed();
        return (values) => WORDS[word](inner(values));
      }
      if (!Object.hasOwn(NUMBERS, word)) throw wrong(`${word} is not known here`, place);
      return () => NUMBERS[word];
    }

    // What binds more strongly than `least`; a product needs no sign, but behind a division it would be unclear.
    function sum(least) {
      let left = operand(), before = "";
      for (;;) {
        const { kind, text: word, place } = pieces[at], implied = kind === "name" || is("(");
        const [binds, operation] = (implied ? OPERATIONS["*"] : kind === "sign" && OPERATIONS[word]) || [0];
        if (binds <= least) return left;
        if (implied && before === "/") throw wrong("a/b c can be read in two ways: write a/(b·c) or a/b·c", place);
        if (!implied) at += 1;
        const [a, b] = [left, sum(binds === 4 ? 3 : binds)];  // powers from the right, before a sign
        left = (values) => operation(a(values), b(values));
        before = implied ? "*" : word;
      }
    }

    const result = sum(0);
    if (pieces[at].kind !== "end") throw wrong(is(")") ? "this bracket was never opened" : `expected an operator before ${pieces[at].text}`, pieces[at].place);
    return { result, used };
  }

