// The list of deliveries, asked for every second while somebody looks.

const table = document.getElementById('arrivals');
const nothing = document.getElementById('nothing');
const simulate = document.getElementById('simulate');
const KIND = { committed: 'good', failed: 'bad', refused: 'bad', lost: 'bad' };

let shown = '';

function cell(row, name, text, kind) {
  const element = row.insertCell();
  element.dataset.name = name;
  const inside = document.createElement('span');
  inside.textContent = text;
  if (kind !== undefined) inside.className = kind;
  element.append(inside);
  if (typeof text === 'number' || name === 'Took') element.className = 'number';
  return inside;
}

function rowOf(arrival) {
  const row = document.createElement('tr');
  cell(row, 'Time', new Date(arrival.time * 1000).toLocaleTimeString());
  const event = cell(row, 'Event', arrival.type || 'not verified');
  if (arrival.id) {
    const id = document.createElement('code');
    id.textContent = arrival.id;
    event.append(document.createElement('br'), id);
  }
  const outcome = cell(row, 'Outcome', arrival.result, `badge ${KIND[arrival.result] || ''}`);
  if (arrival.reason) outcome.title = arrival.reason;
  cell(row, 'Attempt', arrival.attempt || '\u2013').parentNode.className = 'number';
  cell(row, 'Status', arrival.status);
  cell(row, 'Took', `${arrival.milliseconds.toFixed(1)} ms`);
  return row;
}

async function refresh() {
  const response = await fetch('/arrivals');
  if (!response.ok) return;
  const text = await response.text();
  if (text === shown) return;
  shown = text;
  const arrivals = JSON.parse(text);
  table.tBodies[0].replaceChildren(...arrivals.map(rowOf));
  table.hidden = arrivals.length === 0;
  nothing.hidden = arrivals.length > 0;
}

async function follow() {
  try {
    if (!document.hidden) await refresh();
  } catch { /* the next time */ }
  setTimeout(follow, 1000);
}
follow();

simulate?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = new URLSearchParams(new FormData(simulate, event.submitter));
  await fetch('/simulate', { method: 'POST', body: form, redirect: 'manual' });
  setTimeout(refresh, 150);
});
