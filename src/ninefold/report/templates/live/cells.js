// Fields for columns, and what is in them as the graph wants it: a float, a string, or whole microseconds (BigInt).
const NO_TIME = -(2n ** 63n);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function option(value, text) {
  const made = element("option", {}, text);
  made.value = value;
  return made;
}

// What stands in a field for the typical value that a row starts with.
function written(column) {
  if (column.start === null) return "";
  if (column.wire === "series") return column.start.map((each) => each ?? "").join(", ");
  return column.wire === "time" ? moment(BigInt(column.start)) : String(column.start);
}

function moment(microseconds) {
  const date = new Date(Number(microseconds / 1000n));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(0, 19);
}

// The field's text as a wired value; null where it cannot be read and counts as missing.
function wired(column, text) {
  const plain = text.trim();
  const missing = facts.missing.includes(plain.toLowerCase());
  if (column.wire === "text") return missing ? "" : plain;
  if (column.wire === "time") {
    const time = missing ? NaN : Date.parse(/T/.test(plain) ? `${plain}Z` : plain);
    return Number.isNaN(time) ? (missing ? NO_TIME : null) : BigInt(time) * 1000n;
  }
  if (column.wire === "series") return missing ? nothing(column) : series(column, plain);
  return missing ? NaN : wholly(plain);
}

// A text as a finite number, or null.
function wholly(plain) {
  const number = /^[-+.\de]+$/i.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(number) ? number : null;
}

function nothing(column) {
  if (column.wire === "series") return new Float64Array(size(column)).fill(NaN);
  if (column.wire === "pixels") return new Uint8Array(size(column));
  return { text: "", time: NO_TIME, number: NaN }[column.wire];
}

// A labelled field; `changed` is called whenever its value changes.
function field(column, number, changed) {
  const id = `c${number}`;
  const input = control(column, id);
  input.id = id;
  input.value = written(column);
  const beside = column.wire === "pixels" ? chooser(column, input, changed) : [];
  if (!beside.length) input.addEventListener("input", changed);
  const label = element("label", { for: id }, column.name, " ", element("small", {}, column.kind));
  const cell = element("div", { class: "cell" }, label, input, ...beside);
  if (column.levels.length && input.tagName === "INPUT") cell.append(levelList(column, `${id}-levels`));
  if (column.wire === "number" && column.kind !== "boolean" && column.minimum < column.maximum) {
    cell.append(slider(column, input, changed));
  }
  return { column, input, cell };
}

function control(column, id) {
  if (column.kind === "boolean") return choice([["1", "true"], ["0", "false"]]);
  if (column.levels.length && column.distinct <= column.levels.length) {
    return choice(column.levels.map((level) => [level, level]));
  }
  if (column.wire === "pixels") return element("input", { type: "file", accept: "image/*" });
  if (column.wire === "series") return element("textarea", { rows: 4, spellcheck: "false", placeholder: "numbers in order, such as 1.5, 2, 3" });
  if (column.kind === "text") return element("textarea", { rows: 2 });
  if (column.wire === "time") return element("input", { type: "datetime-local", step: 1 });
  if (column.wire === "number") return element("input", { type: "text", inputmode: "decimal" });
  return element("input", { type: "text", list: column.levels.length ? `${id}-levels` : null });
}

function choice(pairs) {
  return element("select", {}, ...pairs.map(([value, text]) => option(value, text)), option("", "(missing)"));
}

function levelList(column, id) {
  return element("datalist", { id }, ...column.levels.map((level) => option(level, level)));
}

// A column whose known values are all whole numbers.
function isWhole(column) {
  return column.wire === "number" && [column.minimum, column.maximum, column.start ?? 0].every(Number.isInteger);
}

function slider(column, input, changed) {
  const whole = isWhole(column);
  const range = element("input", {
    type: "range", min: column.minimum, max: column.maximum, step: whole ? 1 : "any", "aria-label": `${column.name}, slider`,
  });
  range.value = input.value;
  range.addEventListener("input", () => {
    input.value = whole ? range.value : String(Number(Number(range.value).toPrecision(6)));
    changed();
  });
  input.addEventListener("input", () => { if (input.value.trim() !== "") range.value = input.value; });
  return range;
}
