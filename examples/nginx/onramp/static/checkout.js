// Fills in the quotes, and again every ten seconds, while somebody looks.

const amount = document.getElementById('amount');
const freshness = document.getElementById('freshness');
const EVERY = 10; // seconds

let asked = 0;
let left = 0;

function line(parent, tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
}

// At most eight digits after the point: enough to compare.
function short(number) {
  return number.replace(/(\.\d{8})\d+$/, '$1');
}

function show(quotes) {
  const byOffer = new Map();
  for (const list of Object.values(quotes.destination_network_quotes)) {
    for (const quote of list || []) {
      byOffer.set(`${quote.destination_currency}-${quote.destination_network}`, quote);
    }
  }
  for (const cell of document.querySelectorAll('.price')) {
    const quote = byOffer.get(cell.dataset.offer);
    cell.replaceChildren();
    if (!quote) {
      line(cell, 'small', 'no quote');
      continue;
    }
    line(cell, 'b', `${short(quote.destination_amount)} ${quote.destination_currency.toUpperCase()}`);
    line(cell, 'small', `${quote.source_total_amount} USD with fees`);
  }
}

function clear(text) {
  for (const cell of document.querySelectorAll('.price')) cell.replaceChildren();
  freshness.textContent = text;
}

async function refresh() {
  const mine = ++asked;
  left = EVERY;
  if (!amount.value || !amount.checkValidity()) {
    clear('Give an amount such as 100 or 49.90.');
    return;
  }
  try {
    const response = await fetch(`/quotes?source_amount=${encodeURIComponent(amount.value)}`);
    const answer = await response.json();
    if (mine !== asked) return; // the amount has changed meanwhile
    if (!response.ok) throw new Error(answer.error.message);
    show(answer);
    const fresh = !response.headers.has('Warning');
    freshness.textContent = fresh ? 'Quotes of this moment.' : 'These quotes are a minute old.';
  } catch (problem) {
    if (mine === asked) clear(problem instanceof TypeError ? 'No quotes at the moment.' : problem.message);
  }
}

let typing;
amount.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(refresh, 300);
});

setInterval(() => {
  if (document.hidden) return;
  left -= 1;
  if (left <= 0) refresh();
}, 1000);

refresh();
