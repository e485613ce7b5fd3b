// The page itself: fields, one answer for every change, the latest of them last.
const STEPS = 61, MOST_BARS = 12, NOTHING = 1e-9;
const at = (id) => document.getElementById(id);

let engine = null, busy = false, again = false;
const fields = facts.columns.map((column, number) => field(column, number, changed));

function filled() {
  const restore = element("button", { type: "button" }, "Back to the typical row");
  restore.addEventListener("click", () => {
    for (const { column, input, cell } of fields) {
      input.value = written(column);
      if (column.wire === "pixels") input.dispatchEvent(new Event("input"));
      const range = cell.querySelector("input[type=range]");
      if (range) range.value = input.value;
    }
    changed();
  });
  at("row").append(...fields.map(({ cell }) => cell), restore);
  at("row").addEventListener("submit", (event) => event.preventDefault());
  at("vary").append(...facts.columns.map((column, place) => [column, place]).filter(([column]) => steps(column).length > 1)
    .map(([column, place]) => option(String(place), column.name)));
  at("sweep").hidden = !at("vary").options.length;
  at("output").append(...facts.outputs.map((name, k) => option(String(k), name)));
  at("output").value = String(facts.spoken);
  at("output-label").hidden = facts.outputs.length < 2;
  for (const id of ["vary", "output"]) at(id).addEventListener("change", changed);
}

function typed() {
  return fields.map(({ column, input }) => {
    if (column.wire === "pixels") return input.pixels ?? nothing(column);
    const value = wired(column, input.value);
    input.setAttribute("aria-invalid", String(value === null));
    return value === null ? nothing(column) : value;
  });
}

async function changed() {
  if (!engine) return;
  again = true;
  if (busy) return;
  busy = true;
  try {
    while (again) {
      again = false;
      await answer(typed(), Number(at("output").value));
    }
  } finally {
    busy = false;
  }
}

async function answer(row, k) {
  const { numbers, labels } = await asked(engine, [row]);
  say(numbers[0], labels ? labels[0] : null);
  if (engine.split) explain(await splitOf(engine, row, k), numbers[0][k], facts.outputs[k]);
  await vary(row, numbers[0], k);
}

function say(numbers, labels) {
  at("said").dataset.numbers = numbers.join(" ");
  const shown = facts.shares
    ? facts.outputs.map((name, k) => ({ name, share: numbers[k], text: percent(numbers[k]), chosen: labels.length === 1 && name === labels[0] }))
    : [];
  const strongest = shown.toSorted((a, b) => b.share - a.share).slice(0, MOST_BARS);
  const bars = shareBars(shown.filter((bar) => strongest.includes(bar)));
  at("said").replaceChildren(element("p", { class: "answer" }, sentence(numbers, labels)), ...(shown.length ? [bars] : []));
}

function sentence(numbers, labels) {
  const several = (values) => values.map((value, k) => `${facts.outputs[k]}: ${value}`).join(" · ");
  if (labels === null) return numbers.length > 1 ? several(numbers.map((value) => short(value))) : `${facts.target}: ${short(numbers[0])}`;
  if (labels.length > 1) return several(labels);
  return `${facts.target}: ${labels[0]}${facts.shares ? "" : ` (${short(numbers[0])})`}`;
}

function explain({ base, amounts, rest }, value, output) {
  const parts = facts.columns.map((column, place) => ({ name: column.name, amount: amounts[place] }));
  parts.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
  const others = parts.length > MOST_BARS + 1 ? parts.slice(MOST_BARS) : [];
  const few = parts.slice(0, parts.length - others.length);
  if (others.length) few.push({ name: `${others.length} others`, amount: others.reduce((sum, { amount }) => sum + amount, 0) });
  if (Math.abs(rest) > NOTHING) few.push({ name: "what no column tells", amount: rest });
  const share = facts.explained < 1 - NOTHING ? ` Told of ${percent(facts.explained)} of the ensemble’s weight.` : "";
  at("why").hidden = false;
  at("why-note").textContent = `${output}: from ${short(base)}, which is expected before a row is known, to ${short(value)}. `
    + `These are path contributions, not SHAP values.${share}`;
  at("parts").replaceChildren(partBars(few));
}

// The values that a column is varied over, as { at, label, value }.
function steps(column) {
  if (column.kind === "boolean") return [{ label: "true", value: 1 }, { label: "false", value: 0 }];
  if (column.levels.length) return column.levels.slice(0, MOST_BARS).map((level) => ({ label: level, value: level }));
  if (column.wire === "text" || column.shape.length || !(column.minimum < column.maximum)) return [];
  const width = column.maximum - column.minimum, whole = isWhole(column), count = whole && width < STEPS ? width + 1 : STEPS;
  return Array.from({ length: count }, (_, i) => {
    const even = column.minimum + width * i / (count - 1), x = whole ? Math.round(even) : even;
    if (column.wire !== "time") return { at: x, label: short(x), value: x };
    const time = BigInt(Math.round(x));
    return { at: x, label: moment(time).slice(0, 10), value: time };
  });
}

async function vary(row, numbers, k) {
  const place = Number(at("vary").value), column = facts.columns[place];
  if (at("vary").value === "") return;
  const tried = steps(column);
  const said = await asked(engine, tried.map(({ value }) => row.with(place, value)));
  const points = tried.map((step, i) => ({ ...step, value: said.numbers[i][k] }));
  const now = { at: Number(row[place]), label: tried.find(({ value }) => value === row[place])?.label, value: numbers[k] };
  const show = facts.shares ? percent : short;
  const low = points.reduce((a, b) => (b.value < a.value ? b : a)), high = points.reduce((a, b) => (b.value > a.value ? b : a));
  const told = `${facts.outputs[k]} if only ${column.name} were different: from ${show(low.value)} at ${low.label} to ${show(high.value)} at ${high.label}.`;
  at("chart").replaceChildren(chart(points, now, told, facts.shares));
  at("chart-note").textContent = `${told} The dot is this row.`;
  at("numbers").replaceChildren(
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, column.name), element("th", { scope: "col" }, facts.outputs[k]))),
    element("tbody", {}, ...points.map(({ label, value }) => element("tr", {}, element("td", {}, label), element("td", {}, show(value))))),
  );
}

// How far this page is from what Python said of the typical row.
async function compared() {
  const row = typed(), { numbers, labels } = await asked(engine, [row]);
  const apart = numbers[0].map((value, k) => Math.abs(value - facts.answer.numbers[k]));
  if (engine.split) {
    for (const k of facts.outputs.keys()) {
      const { amounts } = await splitOf(engine, row, k);
      apart.push(...amounts.map((amount, place) => Math.abs(amount - facts.answer.amounts[k][place])));
    }
  }
  const most = Math.max(...apart) / Math.max(1, ...facts.answer.numbers.map(Math.abs));
  const same = most <= facts.near && (labels === null || labels[0].every((label, k) => label === facts.answer.labels[k]));
  const to = most === 0 ? "exactly" : `to ${most.toExponential(0)}`;
  at("state").textContent = same ? `Ready. Agrees with the recorded answer for the typical row ${to}.`
    : `This browser differs from the recorded answer for the typical row by ${most.toExponential(0)}: do not rely on it.`;
  at("state").classList.toggle("warn", !same);
  document.body.dataset.apart = String(most);
}

async function begin() {
  filled();
  try {
    engine = await started();
    await compared();
    await changed();
    document.body.dataset.ready = String(Math.round(performance.now()));
  } catch (error) {
    at("state").textContent = `The graph cannot be run here: ${error.message}`;
    at("state").classList.add("warn");
    throw error;
  }
}

begin();
