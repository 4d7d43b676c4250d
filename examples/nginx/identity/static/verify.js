// Waits for the checks to end.

async function look() {
  try {
    const response = await fetch('/verify/status');
    if (response.ok && (await response.json()).status !== 'processing') {
      location.reload();
      return;
    }
  } catch { /* the next time */ }
  setTimeout(look, 1000);
}

if (document.getElementById('waiting')) look();
