// Numbers in words, bars, and the chart of one column varied.
const SVG = "http://www.w3.org/2000/svg";
const WIDE = 560, HIGH = 260, LEFT = 66, BOTTOM = 34, TOP = 12, RIGHT = 16;

function short(number, signed = false) {
  const shown = Number(number.toPrecision(4));
  const text = Math.abs(shown) >= 1e7 || (shown !== 0 && Math.abs(shown) < 1e-4)
    ? shown.toExponential(2) : shown.toLocaleString("en", { maximumFractionDigits: 6 });
  return (signed && shown > 0 ? `+${text}` : text).replace("-", "−");
}

// A number for an axis: 400,000 is 400K.
function brief(number) {
  return Math.abs(number) < 1e4 ? short(number) : number.toLocaleString("en", { notation: "compact" }).replace("-", "−");
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// `rows` are { name, share (0 to 1), text, chosen }.
function shareBars(rows) {
  return element("dl", { class: "bars" }, ...rows.map(({ name, share, text, chosen }) => {
    const bar = element("i");
    bar.style.width = `${100 * Math.min(Math.max(share, 0), 1)}%`;
    return barRow(name, element("div", { class: "track", "aria-hidden": "true" }, bar), text, chosen);
  }));
}

// `rows` are { name, amount }: to the right what adds, to the left what takes away.
function partBars(rows) {
  const most = Math.max(...rows.map(({ amount }) => Math.abs(amount)), 1e-300);
  return element("dl", { class: "bars" }, ...rows.map(({ name, amount }) => {
    const bar = element("i", { class: amount < 0 ? "less" : null }), origin = element("i", { class: "origin" });
    const length = 50 * Math.abs(amount) / most;
    bar.style.width = `${length}%`;
    bar.style.left = `${amount < 0 ? 50 - length : 50}%`;
    origin.style.left = "50%";
    return barRow(name, element("div", { class: "track", "aria-hidden": "true" }, bar, origin), short(amount, true));
  }));
}

function barRow(name, track, text, chosen = false) {
  return element("div", { class: chosen ? "chosen" : null },
    element("dt", {}, name), element("dd", {}, track), element("dd", { class: "number" }, text));
}

function shape(name, attributes, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
}

// About four round numbers between low and high.
function ticks(low, high) {
  const rough = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  const made = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) made.push(i * step);
  return made;
}

// `points` are { at, label, value }; `at` is a number for a line, and missing for levels, which become bars.
function chart(points, now, told, asPercent) {
  const values = points.map(({ value }) => value), line = points.every(({ at }) => at !== undefined);
  const floor = asPercent || !line ? [0] : [];
  const range = widened(Math.min(...values, ...floor), Math.max(...values, ...floor), asPercent);
  const y = (value) => TOP + (HIGH - TOP - BOTTOM) * (range[1] - value) / (range[1] - range[0]);
  const drawn = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "chart", role: "img", "aria-label": told });
  for (const tick of ticks(...range)) {
    drawn.append(shape("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y(tick), y2: y(tick), class: "grid" }));
    drawn.append(shape("text", { x: LEFT - 6, y: y(tick) + 4, class: "end" }, asPercent ? percent(tick).replace(".0", "") : brief(tick)));
  }
  (line ? drawLine : drawBars)(drawn, points, now, y);
  return drawn;
}

// The axis: a little room above, shares no higher than 1, and some height also where nothing changes.
function widened(low, high, asPercent) {
  if (asPercent) return [0, Math.min(1, high * 1.15 || 1)];
  const room = low === high ? Math.max(1, Math.abs(low)) / 2 : 0;
  return [low - room, high + room];
}

function drawLine(drawn, points, now, y) {
  const first = points[0].at, last = points.at(-1).at;
  const x = (at) => LEFT + (WIDE - LEFT - RIGHT) * (at - first) / (last - first || 1);
  for (const place of [0, (points.length - 1) >> 1, points.length - 1]) {
    const anchor = place === 0 ? "" : place === points.length - 1 ? "end" : "middle";
    drawn.append(shape("text", { x: x(points[place].at), y: HIGH - 10, class: anchor }, points[place].label));
  }
  drawn.append(shape("polyline", { class: "line", points: points.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ") }));
  if (now && now.at >= first && now.at <= last) drawn.append(shape("circle", { class: "now", r: 6, cx: x(now.at), cy: y(now.value) }));
}

function drawBars(drawn, points, now, y) {
  const slot = (WIDE - LEFT - RIGHT) / points.length, letters = Math.max(3, Math.floor(slot / 7.5));
  points.forEach(({ label, value }, place) => {
    const left = LEFT + slot * place, top = Math.min(y(value), y(0)), high = Math.max(1, Math.abs(y(value) - y(0)));
    drawn.append(shape("rect", { class: "bar", x: left + slot * 0.15, width: slot * 0.7, y: top, height: high }));
    const cut = label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
    drawn.append(shape("text", { class: "middle", x: left + slot / 2, y: HIGH - 10 }, cut));
    if (now && now.label === label) drawn.append(shape("circle", { class: "now", r: 6, cx: left + slot / 2, cy: y(value) }));
  });
}
