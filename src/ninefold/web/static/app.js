// What pages gain where scripts run; each works without. Parts of a page carry an id and data-part.
'use strict';
const root = document.documentElement;
root.classList.add('scripted');

// Put each part of the answer in the place of the one on the page, unless it is the same.
function place(html) {
  const made = document.createElement('template');
  made.innerHTML = html;
  for (const part of made.content.querySelectorAll('[data-part]')) {
    const there = document.getElementById(part.id);
    if (!there || there.outerHTML === part.outerHTML) continue;
    const open = there.querySelector('details[open]');
    there.replaceWith(part);
    if (open) part.querySelector('details')?.setAttribute('open', '');
  }
}

// Ask for parts of a page; what goes wrong is said in the part with the id `there`, as the page for it would.
async function ask(address, there, options) {
  const part = document.getElementById(there);
  try {
    const reply = await fetch(address, {...options, headers: {'x-part': '1'}}), text = await reply.text();
    if (reply.ok) { place(text); return; }
    const page = new DOMParser().parseFromString(text, 'text/html');
    part.replaceChildren(...page.querySelectorAll('.finding'));
  } catch {
    part.textContent = 'The app does not answer. Is it still running?';
  }
  part.classList.remove('busy');
}

// A live run: the server sends the panel whenever it changes; between that, time is counted here.
const words = (seconds) => {
  const whole = Math.ceil(seconds), two = (n) => String(n).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  return whole < 3600 ? `${Math.floor(whole / 60)} m ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two(Math.floor(whole % 3600 / 60))} m`;
};

function tick() {
  const now = Date.now() / 1000;
  for (const each of document.querySelectorAll('[data-ends]')) {
    if (!each.dataset.ends) continue;
    const left = Math.max(Number(each.dataset.ends) - now, 0);
    if (each.matches('progress')) each.value = 1 - left / Number(each.dataset.seconds);
    else each.textContent = left ? `${words(left)} left of ${each.dataset.of}` : 'time is up, finishing';
  }
}

function live(panel) {
  const source = new EventSource(panel.dataset.live);
  source.addEventListener('panel', (event) => { place(event.data); tick(); });
  source.addEventListener('end', () => { source.close(); location.replace(panel.dataset.then); });
  addEventListener('pagehide', () => source.close());
  setInterval(tick, 250);
}

// The playground: a slider beside each number, and the answer anew after each change.
function slide(holder) {
  const {low, high, step, label} = holder.dataset, number = holder.nextElementSibling;
  if (!low) return;
  const range = document.createElement('input');
  Object.assign(range, {type: 'range', min: low, max: high, step});
  range.setAttribute('aria-label', `${label}, slider`);
  const follow = () => { if (number.value !== '') range.value = number.value; };
  range.addEventListener('input', () => { number.value = String(Number(Number(range.value).toPrecision(4))); });
  number.addEventListener('input', follow);
  holder.append(range);
  follow();
}

function play(form) {
  form.querySelectorAll('.slider').forEach(slide);
  const others = () => form.querySelectorAll('select').forEach((each) => each.toggleAttribute('data-other', each.value === '+'));
  let wanted = null, busy = false;
  // One question at a time; of those that come meanwhile the last is asked, with the method whose button was pressed.
  const predict = async (method = '') => {
    wanted = method;
    if (busy) return;
    for (busy = true; wanted !== null;) {
      const now = wanted, body = new FormData(form);
      wanted = null;
      if (now) body.set('method', now);
      await ask(form.action, now ? 'why' : 'verdict', {method: 'POST', body});
    }
    busy = false;
  };
  form.addEventListener('input', (event) => { if (!event.target.matches('select')) predict(); });
  form.addEventListener('change', (event) => { if (event.target.matches('select')) { others(); predict(); } });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const method = event.submitter?.value;
    if (method) document.getElementById('why').classList.add('busy');
    predict(method);
  });
  others();
}

// The start page: what a target would mean, as soon as it is chosen.
function target(select) {
  const path = select.form.elements.namedItem('path').value;
  select.addEventListener('change', () => {
    document.getElementById('meaning').classList.add('busy');
    ask(`/new/meaning?${new URLSearchParams({path, target: select.value})}`, 'meaning');
  });
}

function compare(form) {
  const button = form.querySelector('button'), boxes = [...form.querySelectorAll('input[type=checkbox]')];
  const count = () => { const n = boxes.filter((box) => box.checked).length; button.disabled = n < 2 || n > 8; };
  form.addEventListener('change', count);
  count();
}

function sized(input) {
  input.addEventListener('change', () => {
    const over = [...input.files].some((file) => file.size > Number(input.dataset.largest));
    input.setCustomValidity(over ? 'This file is too large to upload. Name its path instead.' : '');
    input.reportValidity();
  });
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  if (!navigator.clipboard) { getSelection().selectAllChildren(text); return; } // browsers give it to encrypted pages and this machine alone
  await navigator.clipboard.writeText(text.textContent);
  button.textContent = 'Copied';
});

document.addEventListener('submit', (event) => {
  const {busy} = event.target.dataset, button = event.submitter;
  if (!busy || !button || button.formMethod === 'get') return;
  button.textContent = busy;
  setTimeout(() => { button.disabled = true; });
});

const each = (selector, enhance) => document.querySelectorAll(selector).forEach(enhance);
each('[data-live]', live);
each('[data-play]', play);
each('[data-target]', target);
each('[data-compare]', compare);
each('[data-largest]', sized);
