// The graphs in ONNX Runtime's WebAssembly, and rows as the tensors that they take.
async function started() {
  const ort = await runtime();
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await unpacked("web-wasm");
  const load = async (id) => ort.InferenceSession.create(new Uint8Array(await unpacked(id)), { executionProviders: ["wasm"] });
  const graph = await load("graph");
  return { ort, graph, split: holds("contributions") ? await load("contributions") : null };
}

// Rows are arrays of wired values in the order of the columns.
function tensors(ort, rows) {
  const made = {};
  facts.columns.forEach((column, place) => {
    const values = rows.map((row) => row[place]);
    if (column.wire === "text") made[column.name] = new ort.Tensor("string", values, [rows.length]);
    else if (column.wire === "time") made[column.name] = new ort.Tensor("int64", BigInt64Array.from(values), [rows.length]);
    else if (column.shape.length) made[column.name] = side(ort, column, values);
    else made[column.name] = new ort.Tensor("float64", Float64Array.from(values), [rows.length]);
  });
  return made;
}

// Arrays, one of each row, as one tensor.
function side(ort, column, arrays) {
  const [kind, made] = column.wire === "pixels" ? ["uint8", Uint8Array] : ["float64", Float64Array];
  const whole = new made(arrays.length * size(column));
  arrays.forEach((array, place) => whole.set(array, place * size(column)));
  return new ort.Tensor(kind, whole, [arrays.length, ...column.shape]);
}

// What the graph says of rows: numbers [N][K] and, where it decides, labels [N][1 or K].
async function asked(engine, rows) {
  const outputs = await engine.graph.run(tensors(engine.ort, rows));
  const [numbers, labels] = engine.graph.outputNames.map((name) => outputs[name]);
  return { numbers: inRows(numbers, rows.length), labels: labels ? inRows(labels, rows.length) : null };
}

function inRows(tensor, rows) {
  const data = Array.from(tensor.data), width = data.length / rows;
  return Array.from({ length: rows }, (_, i) => data.slice(i * width, (i + 1) * width));
}

// What each column adds to output k, the rest that belongs to none, and the base.
async function splitOf(engine, row, k) {
  const outputs = await engine.split.run(tensors(engine.ort, [row]));
  const [parts, base] = engine.split.outputNames.map((name) => Array.from(outputs[name].data));
  const width = facts.columns.length + 1;
  const own = parts.slice(k * width, (k + 1) * width);
  return { base: base[k], amounts: own.slice(0, -1), rest: own[width - 1] };
}
