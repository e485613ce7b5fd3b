// The runtime and the graphs, which the page holds in elements of their own.
const holds = (id) => document.getElementById(id) !== null;

async function unpacked(id) {
  const holder = document.getElementById(id);
  const bytes = Uint8Array.from(atob(holder.textContent), (letter) => letter.charCodeAt(0));
  holder.remove();
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function runtime() {
  const address = URL.createObjectURL(new Blob([await unpacked("web-script")], { type: "text/javascript" }));
  const ort = await import(address);
  URL.revokeObjectURL(address);
  return ort;
}
