// Follows the session: by events that the server pushes, or by asking where those don't come.

const FINAL = ['fulfillment_complete', 'rejected'];
const status = document.getElementById('status');
const link = document.getElementById('link');
const steps = [...document.querySelectorAll('#steps li')];
const simulate = document.getElementById('simulate');

function amount(number, unit) {
  return number ? `${number} ${(unit || '').toUpperCase()}` : '';
}

function show(session) {
  const texts = {
    source: amount(session.source_amount, session.source_currency),
    network_fee: amount(session.network_fee, session.source_currency),
    transaction_fee: amount(session.transaction_fee, session.source_currency),
    destination: amount(session.destination_amount, session.destination_currency)
      || (session.destination_currency || '').toUpperCase(),
  };
  for (const cell of document.querySelectorAll('[data-field]')) {
    const name = cell.dataset.field;
    cell.textContent = (name in texts ? texts[name] : session[name]) || '\u2013';
  }
  status.textContent = session.status.replaceAll('_', ' ');
  status.classList.toggle('good', session.status === 'fulfillment_complete');
  status.classList.toggle('bad', session.status === 'rejected');
  document.getElementById('rejected').hidden = session.status !== 'rejected';
  const rank = steps.findIndex((step) => step.dataset.status === session.status);
  if (rank >= 0) {
    steps.forEach((step, i) => {
      step.className = i < rank ? 'done' : i === rank ? 'now' : 'later';
      if (i === rank) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    });
  }
  for (const button of simulate ? simulate.querySelectorAll('button') : []) {
    button.disabled = !(session.next || []).includes(button.value);
  }
  const over = FINAL.includes(session.status);
  link.textContent = over ? 'This is how it ended.' : 'This page follows by itself.';
  return over;
}

async function poll() {
  let over = false;
  try {
    const response = await fetch('/status');
    if (response.ok) over = show(await response.json());
  } catch { /* the next time */ }
  if (!over) setTimeout(poll, 3000);
}

const source = new EventSource('/updates');
source.onmessage = (event) => {
  if (show(JSON.parse(event.data))) source.close();
};
source.onerror = () => {
  if (source.readyState === EventSource.CLOSED) poll(); // it won't come back by itself
};

// The panel's buttons need no new page: what they bring about is pushed here.
simulate?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = new URLSearchParams(new FormData(simulate, event.submitter));
  await fetch('/simulate', { method: 'POST', body: form, redirect: 'manual' });
});
