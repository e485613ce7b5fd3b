// Columns whose cells are arrays: series as numbers in a text, images as files that the browser decodes.
const size = (column) => column.shape.reduce((a, b) => a * b, 1);

// Numbers between commas, semicolons, spaces or lines; what stands empty, or is called null, is a gap. Null where it is
// none; a series that is shorter or longer than the column loses or lacks its end, or its beginning where that counts less.
function series(column, plain) {
  const made = new Float64Array(size(column)).fill(NaN), body = plain.replace(/^\[|\]$/g, "").trim();
  const parts = body === "" ? [] : body.split(/\s*[,;]\s*|\s+/);
  const numbers = parts.map((part) => (part === "" || part === "null" ? NaN : wholly(part)));
  if (numbers.includes(null)) return null;
  const kept = column.latest ? numbers.slice(-made.length) : numbers.slice(0, made.length);
  made.set(kept, column.latest ? made.length - kept.length : 0);
  return made;
}

// A file of an image as the bytes of its pixels, [H, W, C], on white where it is transparent; grey as Pillow has it.
async function pixels(column, file) {
  const [height, width, channels] = column.shape;
  const canvas = element("canvas", { width, height }), pen = canvas.getContext("2d");
  const image = await createImageBitmap(file);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(image, 0, 0, width, height);
  const shown = pen.getImageData(0, 0, width, height).data, made = new Uint8Array(size(column));
  for (let place = 0; place < width * height; place += 1) {
    const [red, green, blue] = shown.subarray(4 * place, 4 * place + 3);
    if (channels === 1) made[place] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    else made.set([red, green, blue], 3 * place);
  }
  if (made.every((level) => level === 0)) made[0] = 1;
  const asked = { exact: image.width === width && image.height === height, picture: canvas.toDataURL(), made };
  image.close();
  return asked;
}

// A file field for images, with what the graph sees of the file behind it.
function chooser(column, input, changed) {
  const seen = element("img", { alt: `${column.name}, as the graph sees it`, hidden: true }), note = element("small");
  input.addEventListener("input", async () => {
    const [file] = input.files;
    input.pixels = undefined;
    const read = file ? await pixels(column, file).catch(() => null) : null;
    if (read) [input.pixels, seen.src] = [read.made, read.picture];
    seen.hidden = !read;
    input.setAttribute("aria-invalid", String(Boolean(file) && !read));
    note.textContent = !file ? "" : !read ? "This file is no image." : read.exact ? "" : "This browser has resized it; the service does so in its own way, and may say something slightly else.";
    changed();
  });
  return [seen, note];
}
