// A simulator of its own for each file of tests, and an account of its own for each test.

import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';

// bin/stripe-sim, or another program with the same command line.
const PROGRAM = fileURLToPath(new URL(process.env.INTEROP_PROGRAM ?? '../bin/stripe-sim',
  import.meta.url));

export const PRODUCT = 'climsku_frontier_offtake_portfolio_2027';
export const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('image')]);

export async function startSimulator(...options) {
  const child = spawn(PROGRAM, ['--port', '0', '--quiet', ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      text += piece;
      const found = /^listening on (\S+)\n/.exec(text);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`stripe-sim ended with ${code}`)));
  });
  let count = 0;
  const { hostname: host, port } = new URL(url);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const sim = {
    url, host, port,

    // A key that no other test has.
    key: () => `sk_test_interop${++count}`,

    // An official client with an account of its own; `stripe.key` is the key.
    client(config = {}, key = sim.key()) {
      const stripe = new Stripe(key, {
        host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0, ...config,
      });
      stripe.key = key;
      return stripe;
    },

    // A control, of one account when a key is given.
    async control(path, body = {}, stripe = undefined) {
      const response = await fetch(`${url}/_sim/${path}`, {
        method: 'POST', body: JSON.stringify(body),
        headers: stripe ? { Authorization: `Bearer ${stripe.key}` } : {},
      });
      const value = await response.json();
      if (!response.ok) throw new Error(`${path}: ${value.error.message}`);
      return value;
    },

    async requests(stripe) {
      const response = await fetch(`${url}/_sim/requests`,
        { headers: { Authorization: `Bearer ${stripe.key}` } });
      return (await response.json()).data;
    },

    fault: (stripe, fault, more = {}) => sim.control('faults', { fault, ...more }, stripe),

    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
  return sim;
}

// One for the whole file; stopped when its tests are over.
export async function simulator(...options) {
  const sim = await startSimulator(...options);
  after(() => sim.stop());
  return sim;
}

// The error that a call ends in.
export async function failure(promise) {
  const value = await promise.then(() => undefined, (error) => error);
  if (value === undefined) throw new Error('it succeeded');
  return value;
}

// A destination for forwarded requests: answer(request with body, response).
export async function destination(answer) {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    request.text = body;
    answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

// All types of an account's events, oldest first.
export async function eventTypes(stripe) {
  const types = [];
  for await (const event of stripe.events.list({ limit: 100 })) types.unshift(event.type);
  return types;
}
