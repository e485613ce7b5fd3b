// The runtime and the graphs, which lie beside the page: each must have the digest that it had when the page was written.
const holds = (id) => id in facts.beside;

async function unpacked(id) {
  const { file, integrity } = facts.beside[id];
  const answer = await fetch(file, { integrity });
  if (!answer.ok) throw new Error(`${file}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}

const runtime = () => import(`./${facts.beside["web-script"].file}`);
