// An example of its own for each file of tests, and one Chromium for them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const PROGRAM = fileURLToPath(new URL('../examples/nginx/run', import.meta.url));

// Starts examples/nginx/run; it ends when the tests of the file are over.
export async function example(name) {
  const { STRIPE_SECRET_KEY: _, ...env } = process.env;
  const child = spawn(PROGRAM, [name, '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'], env });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  after(() => {
    child.kill('SIGTERM');
    return ended;
  });
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      text += piece;
      const found = /^(http:\S+)\/ [^\n]*\nsimulator: (\S+)/.exec(text);
      if (found) resolve({ url: found[1], simulator: found[2] });
    });
    ended.then((code) => reject(new Error(`${name} ended with ${code}`)));
  });
}

let launched;
after(async () => (await launched)?.close());

function browser() {
  if (!launched) {
    const args = process.getuid() === 0 ? ['--no-sandbox'] : []; // root has none
    launched = chromium.launch({ executablePath: process.env.CHROMIUM, args });
  }
  return launched;
}

export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

// A page of a visitor of its own. `page.complaints` is what the browser complained of: errors of
// scripts, what the security policy refused, requests to other hosts.
export async function visitor(origin, options = {}) {
  const context = await (await browser()).newContext(options);
  context.setDefaultTimeout(10000);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(error.message));
  page.on('console', (message) => {
    const expected = message.location().url.endsWith('/sessions'); // answers 400 to wrong input
    if (message.type() === 'error' && !expected) page.complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) page.complaints.push(request.url());
  });
  return page;
}

// What every page must be: quiet, narrow enough, named, readable.
export async function inspect(page) {
  assert.deepEqual(page.complaints, []);
  const found = await page.evaluate(() => {
    const problems = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) problems.push(`${root.scrollWidth} pixels wide`);
    for (const field of document.querySelectorAll('input:not([type=hidden]), select')) {
      if (field.labels.length === 0) problems.push(`${field.name} has no label`);
    }
    if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');

    // Contrast, as WCAG 2 counts it, of each text and the nearest ground below it.
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = ([red, green, blue]) => {
      const linear = (value) => (value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = rgba(getComputedStyle(at).backgroundColor);
        if (color[3] === 255) return color;
      }
      return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.data.trim();
      if (text && element.checkVisibility() && !element.closest('button:disabled, noscript')) {
        const pair = [rgba(getComputedStyle(element).color), ground(element)].map(luminance);
        const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (contrast < 4.5) problems.push(`"${text}" has a contrast of ${contrast.toFixed(2)}`);
      }
    }
    return problems;
  });
  assert.deepEqual(found, []);
}

// The four ways in which people look: light and dark, desktop and phone.
export const LOOKS = [
  ['light, on a desktop', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['dark, on a desktop', { colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['light, on a phone', { colorScheme: 'light', ...PHONE }],
  ['dark, on a phone', { colorScheme: 'dark', ...PHONE }],
];

// A control of the example's simulator.
export async function control(simulator, path, body) {
  const response = await fetch(`${simulator}/_sim${path}`,
    { method: 'POST', body: JSON.stringify(body) });
  assert.ok(response.ok);
}
