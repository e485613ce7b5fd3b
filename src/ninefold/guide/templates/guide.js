// Guesses before looking, what became of them, and a search: nothing leaves the browser, and pages work without it.
'use strict';
(() => {
  const STORE = 'ninefold-guide';
  document.documentElement.classList.add('scripted');

  // {"20": {guess: "…", right: true}}; a browser that keeps nothing for files gives nothing.
  function known() {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch { return {}; }
  }
  function keep(number, told) {
    try { localStorage.setItem(STORE, JSON.stringify({...known(), [number]: told})); } catch { /* not kept */ }
  }

  const page = document.querySelector('.page'), form = document.querySelector('.ask');
  if (page && form) {
    const happened = page.querySelector('.happened'), reveal = page.querySelector('.reveal'), before = known()[page.dataset.question];
    const button = form.querySelector('button'), verdict = page.querySelector('.verdict-on-guess');
    const options = [...form.querySelectorAll('input')];
    happened.querySelector('summary').textContent = 'Look without a guess';
    form.addEventListener('submit', event => {
      event.preventDefault();
      const chosen = options.find(option => option.checked);
      if (!chosen) { options[0].focus(); return; }
      const right = chosen.value === reveal.dataset.truth;
      keep(page.dataset.question, {guess: chosen.value, right});
      verdict.textContent = right ? '✓ as you said' : `✗ you said: ${chosen.value}`;
      button.textContent = 'Locked in';
      for (const each of [...options, button]) each.disabled = true;
      happened.querySelector('summary').textContent = 'What happened';
      happened.open = true;
      happened.querySelector('summary').focus();
    });
    if (before) verdict.textContent = `(last time you said: ${before.guess})`;
  }

  for (const line of document.querySelectorAll('.questions-of [data-question]')) {
    const told = known()[line.dataset.question], sign = line.querySelector('.progress');
    if (told && sign) sign.textContent = told.right ? '✓ predicted' : '✗ looked at';
  }

  const find = document.getElementById('find');
  find?.addEventListener('input', () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const line of document.querySelectorAll('[data-words]')) {
      line.hidden = !words.every(word => line.dataset.words.includes(word));
      count += !line.hidden;
    }
    for (const stage of document.querySelectorAll('.stage')) stage.hidden = !stage.querySelector('li:not([hidden])');
    document.getElementById('found').textContent = words.length ? `${count} found` : '';
  });
})();
