  // -- numbers: written as Python writes them, and read as people type them ----------------------

  const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const LOWERED = Object.fromEntries(Object.entries(RAISED).map(([plain, above]) => [above, plain]));

  // The first digits of a number, to the nearest, halves to the even one; and the exponent of the first.
  function rounded(size, digits) {
    const [long, exact] = size.toExponential(Math.min(digits + 39, 100)).split("e");
    const all = long.replace(".", ""), rest = all.slice(digits);
    if (/^50*$/.test(rest) && "02468".includes(all[digits - 1])) return [all.slice(0, digits), Number(exact)];
    const [short, exponent] = size.toExponential(digits - 1).split("e");
    return [short.replace(".", ""), Number(exponent)];
  }

  function written(x, digits = data.digits) {
    if (Number.isNaN(x)) return "nan";
    const sign = x < 0 ? "−" : "", size = Math.abs(x);
    if (size === Infinity) return `${sign}∞`;
    if (Number.isInteger(size) && size < 1e15) return sign + size.toFixed(0);
    const [all, exponent] = rounded(size, digits);
    const kept = all.replace(/0+$/, "");
    if (exponent < -4 || exponent >= digits) {
      const above = [...String(exponent)].map((char) => RAISED[char]).join("");
      return `${sign}${kept[0]}${kept.length > 1 ? "." : ""}${kept.slice(1)}·10${above}`;
    }
    if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${kept}`;
    const before = kept.slice(0, exponent + 1).padEnd(exponent + 1, "0"), after = kept.slice(exponent + 1);
    return sign + before + (after && `.${after}`);
  }

  // How strongly a number binds, as in formulas: as a sum, a product, a name.
  const strength = (text) => (text.startsWith("−") ? 0 : text.includes("·10") ? 1 : 3);

  // A number in its place of a formula; the dot before it is needed where it has no brackets.
  function placed(x, least, dot) {
    const text = written(x), alone = strength(text) >= least;
    return alone ? (dot ? "·" : "") + text : `(${text})`;
  }

  // With fewer digits where the room is short.
  function fitting(x, room) {
    let text = written(x);
    for (let digits = data.digits - 1; text.length > room && digits > 0; digits -= 1) text = written(x, digits);
    return text;
  }

  const signed = (x, digits = 3) => (x > 0 ? "+" : "") + written(x, digits);

  const TYPED = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(\/(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)?$/i;

  // A number as it is typed: 0.5, −1/3, 0,5, 2e-3, and as it is written here, 1.5·10⁻⁷; else nothing. 1,000 may
  // be one or a thousand.
  function read(text) {
    const raised = (found) => `e${[...found.slice(3)].map((char) => LOWERED[char]).join("")}`;
    const plain = text.trim().replace(/·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, raised).replace(/[−–]/g, "-").replace(/^(?![+-]?[1-9]\d{0,2},\d{3}$)([^.,]*),([^.,]*)$/, "$1.$2");
    if (!TYPED.test(plain)) return null;
    const [over, under = "1"] = plain.split("/");
    const x = Number(over) / Number(under);
    return Number.isFinite(x) ? x : null;
  }

