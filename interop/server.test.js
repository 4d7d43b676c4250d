// The server itself: its controls, its state file, TLS.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import Stripe from 'stripe';
import { failure, PNG, PRODUCT, simulator, startSimulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const folder = await mkdtemp(join(tmpdir(), 'stripe-sim-'));
after(() => rm(folder, { recursive: true }));
const order = (stripe) => stripe.climate.orders.create({ product: PRODUCT, metric_tons: '1' });
const ask = async (method, path, body) => {
  const response = await fetch(`${sim.url}/_sim/${path}`, { method, body });
  return [response.status, await response.json()];
};

describe('a control', () => {
  test('moves the clock', async () => {
    const stripe = sim.client();
    await order(stripe);
    assert.deepEqual(await sim.control('clock/advance', { seconds: 60 }, stripe),
      { now: 1800000060 });
    assert.equal((await order(stripe)).created, 1800000060);
  });

  for (const [verb, options] of [['deliver', {}], ['delay', {}], ['cancel', {}],
    ['substitute', { product: 'climsku_frontier_mixed_portfolio' }]]) {
    test(`climate orders ${verb}`, async () => {
      const stripe = sim.client();
      const { id } = await order(stripe);
      const changed = await sim.control(`climate/orders/${id}/${verb}`, options, stripe);
      assert.equal(changed.id, id);
      assert.deepEqual(await stripe.climate.orders.retrieve(id).then((o) => o.status),
        changed.status);
    });
  }

  test('climate stock', async () => {
    const stripe = sim.client();
    await sim.control(`climate/products/${PRODUCT}/stock`, { metric_tons: '0' }, stripe)
      .catch(() => sim.control(`climate/products/${PRODUCT}/stock`,
        { metric_tons_available: '0' }, stripe));
    assert.ok((await failure(order(stripe))).statusCode >= 400);
  });

  test('faults, and none', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'rate_limit', { times: 100 });
    assert.equal((await failure(order(stripe))).statusCode, 429);
    await fetch(`${sim.url}/_sim/faults`, { method: 'DELETE',
      headers: { Authorization: `Bearer ${stripe.key}` } });
    await order(stripe);
  });

  test('the journal', async () => {
    const stripe = sim.client();
    const { lastResponse } = await order(stripe);
    const [entry] = await sim.requests(stripe);
    assert.equal(entry.id, lastResponse.requestId);
    assert.equal(entry.operation, 'climate.orders.create');
    assert.equal(entry.params.product, PRODUCT);
    assert.equal(entry.status, 200);
  });

  test('snapshot, reset and restore, of one account', async () => {
    const stripe = sim.client();
    const { id } = await order(stripe);
    const headers = { Authorization: `Bearer ${stripe.key}` };
    const response = await fetch(`${sim.url}/_sim/snapshot`, { headers });
    const snapshot = await response.json();
    await sim.control('reset', {}, stripe);
    assert.equal((await stripe.climate.orders.list()).data.length, 0);
    await sim.control('restore', snapshot, stripe);
    assert.equal((await stripe.climate.orders.retrieve(id)).id, id);
  });

  test('load', async () => {
    const stripe = sim.client();
    await sim.control('load', { objects: [{ ...await order(sim.client()), id: 'climorder_mine' }] },
      stripe);
    assert.equal((await stripe.climate.orders.retrieve('climorder_mine')).object, 'climate.order');
  });

  test('that there is not is a 404', async () => {
    assert.equal((await ask('POST', 'nothing', '{}'))[0], 404);
  });

  test('refuses what is no JSON', async () => {
    assert.equal((await ask('POST', 'faults', '{'))[0], 400);
  });
});

describe('the server', () => {
  test('tells nobody where a missing link led', async () => {
    assert.equal((await fetch(`${sim.url}/links/none`)).status, 404);
  });

  test('answers many requests on one connection', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const get = () => new Promise((resolve, reject) => {
      http.get(`${sim.url}/v1/climate/products`,
        { agent, headers: { Authorization: 'Bearer sk_test_agent' } }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.socket ?? response.req.socket));
        }).on('error', reject);
    });
    const [first, second] = [await get(), await get()];
    assert.equal(first.localPort, second.localPort);
    agent.destroy();
  });

  test('binds loopback alone', () => {
    assert.equal(sim.host, '127.0.0.1');
  });
});

describe('a state file', () => {
  test('carries everything to the next run', async () => {
    const path = join(folder, 'state.json');
    const first = await startSimulator('--state', path);
    const stripe = first.client();
    const made = await order(stripe);
    const file = await stripe.files.create({ purpose: 'dispute_evidence',
      file: { data: PNG, name: 'a.png', type: 'image/png' }, file_link_data: { create: true } });
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 },
      { idempotencyKey: 'kept' });
    assert.equal(await first.stop(), 0);

    const second = await startSimulator('--state', path);
    const again = second.client({}, stripe.key);
    assert.equal((await again.climate.orders.retrieve(made.id)).id, made.id);
    const replayed = await again.climate.orders.create({ product: PRODUCT, amount: 1000 },
      { idempotencyKey: 'kept' });
    assert.equal(replayed.lastResponse.headers['idempotent-replayed'], 'true');
    const { url, links } = await again.files.retrieve(file.id);
    assert.ok(url.startsWith(second.url));
    const open = async (address) => Buffer.from(await (await fetch(address,
      { headers: { Authorization: `Bearer ${stripe.key}` } })).arrayBuffer());
    assert.deepEqual(await open(url), PNG);
    assert.deepEqual(await open(links.data[0].url), PNG);
    assert.equal(await second.stop(), 0);
  });

  test('is written when it is told to', async () => {
    const path = join(folder, 'saved.json');
    const one = await startSimulator('--state', path);
    const { id } = await order(one.client());
    await one.control('save');
    assert.ok((await readFile(path, 'utf8')).includes(id));
    await one.stop();
  });
});

describe('TLS', () => {
  test('with a certificate of its own', async () => {
    const path = join(folder, 'ca.pem');
    const secure = await startSimulator('--tls', '--write-cert', path);
    const stripe = new Stripe('sk_test_tls', { host: secure.host, port: secure.port,
      telemetry: false, httpAgent: new https.Agent({ ca: await readFile(path), keepAlive: true }) });
    assert.equal((await order(stripe)).status, 'confirmed');
    const distrustful = new Stripe('sk_test_tls', { host: secure.host, port: secure.port,
      telemetry: false, maxNetworkRetries: 0 });
    assert.equal((await failure(order(distrustful))).type, 'StripeConnectionError');
    await secure.stop();
  });

  test('with a given one', async (t) => {
    const [cert, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
    const made = await new Promise((resolve) => {
      execFile('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out',
        cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      (error) => resolve(!error));
    });
    if (!made) return t.skip('no openssl here');
    const secure = await startSimulator('--cert', cert, '--key', key);
    const stripe = new Stripe('sk_test_tls', { host: secure.host, port: secure.port,
      telemetry: false, httpAgent: new https.Agent({ ca: await readFile(cert) }) });
    assert.equal((await order(stripe)).status, 'confirmed');
    await secure.stop();
  });
});
