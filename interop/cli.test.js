// The Stripe CLI. The npm package @stripe/cli is a shim around a package with a program for each
// platform; package.json names the one for Linux on x64 itself. Elsewhere this is skipped.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import Stripe from 'stripe';
import { destination, eventTypes, PRODUCT, simulator } from './support.js';

function program() {
  try {
    const name = `@stripe/cli-${process.platform}-${process.arch}`;
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)),
      'bin', process.platform === 'win32' ? 'stripe.exe' : 'stripe');
  } catch {
    return undefined;
  }
}

const stripeProgram = program();
const skip = stripeProgram ? false : 'the CLI has no program for this platform';
const sim = await simulator('--clock', '1800000000');
const home = await mkdtemp(join(tmpdir(), 'stripe-cli-'));
after(() => rm(home, { recursive: true }));

// Runs the CLI with the key of an SDK's client: { code, output, json }.
const run = (stripe, ...words) => new Promise((resolve) => {
  execFile(stripeProgram, [...words, '--api-base', sim.url, '--color', 'off'], {
    env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, STRIPE_API_KEY: stripe.key,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1' },
    timeout: 30000,
  }, (error, stdout, stderr) => {
    let json;
    try { json = JSON.parse(stdout); } catch { json = undefined; }
    resolve({ code: error ? error.code : 0, output: stdout + stderr, json });
  });
});
const client = () => sim.client({}, `sk_test_cli${sim.key().slice(15).padStart(12, '0')}`);
const cli = (name, f) => test(name, { skip }, f);

describe('stripe get', () => {
  cli('a path', async () => {
    const { json } = await run(client(), 'get', '/v1/climate/products', '--limit', '2');
    assert.equal(json.data.length, 2);
  });

  cli('with a cursor', async () => {
    const stripe = client();
    const { json: { data } } = await run(stripe, 'get', '/v1/climate/products');
    const { json } = await run(stripe, 'get', '/v1/climate/products', '-a', data[0].id);
    assert.equal(json.data[0].id, data[1].id);
  });

  cli('an id, expanded', async () => {
    const stripe = client();
    const order = await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    const { json } = await run(stripe, 'get', `/v1/climate/orders/${order.id}`, '-e', 'product');
    assert.equal(json.product.id, PRODUCT);
  });

  cli('an event by its id alone', async () => {
    const stripe = client();
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    const { data: [{ id }] } = await stripe.events.list();
    assert.equal((await run(stripe, 'get', id)).json.id, id);
  });

  cli('what is not there', async () => {
    const { output } = await run(client(), 'get', '/v1/climate/orders/climorder_none');
    assert.match(output, /No such climate order: 'climorder_none'/);
    assert.match(output, /resource_missing/);
  });

  cli('shows headers', async () => {
    const { output } = await run(client(), 'get', '/v1/climate/products', '-s');
    assert.match(output, /request-id/i);
  });
});

describe('stripe post', () => {
  cli('creates', async () => {
    const stripe = client();
    const { json } = await run(stripe, 'post', '/v1/climate/orders', '-d', `product=${PRODUCT}`,
      '-d', 'metric_tons=1', '-d', 'metadata[a]=b');
    assert.deepEqual(json.metadata, { a: 'b' });
    assert.equal((await stripe.climate.orders.retrieve(json.id)).id, json.id);
  });

  cli('with an idempotency key', async () => {
    const words = ['post', '/v1/climate/orders', '-d', `product=${PRODUCT}`, '-d', 'amount=1000',
      '-i', 'once'];
    const stripe = client();
    const first = await run(stripe, ...words);
    assert.equal((await run(stripe, ...words)).json.id, first.json.id);
  });

  cli('for a connected account', async () => {
    const stripe = client();
    await run(stripe, 'post', '/v1/climate/orders', '-d', `product=${PRODUCT}`, '-d',
      'amount=1000', '--stripe-account', 'acct_1');
    assert.equal((await stripe.climate.orders.list()).data.length, 0);
    assert.equal((await stripe.climate.orders.list({}, { stripeAccount: 'acct_1' })).data.length, 1);
  });

  cli('a list of parameters', async () => {
    const { json } = await run(client(), 'post', '/v1/webhook_endpoints', '-d',
      'url=https://example.com', '-d', 'enabled_events[]=climate.order.created', '-d',
      'enabled_events[]=file.created');
    assert.deepEqual(json.enabled_events, ['climate.order.created', 'file.created']);
  });

  cli('what is refused', async () => {
    const { output } = await run(client(), 'post', '/v1/climate/orders', '-d', 'amount=1');
    assert.match(output, /Missing required param: product\./);
  });
});

describe('stripe delete', () => {
  cli('deletes', async () => {
    const stripe = client();
    const { id } = await stripe.webhookEndpoints.create(
      { url: 'https://example.com', enabled_events: ['*'] });
    const { json } = await run(stripe, 'delete', `/v1/webhook_endpoints/${id}`, '-c');
    assert.deepEqual(json, { id, object: 'webhook_endpoint', deleted: true });
  });
});

describe('commands for resources', () => {
  cli('climate orders create, retrieve, cancel', async () => {
    const stripe = client();
    const { json: { id } } = await run(stripe, 'climate', 'orders', 'create', '--product', PRODUCT,
      '--amount', '1000');
    assert.equal((await run(stripe, 'climate', 'orders', 'retrieve', id)).json.status, 'confirmed');
    assert.equal((await run(stripe, 'climate', 'orders', 'cancel', id)).json.status, 'canceled');
  });

  cli('identity verification_sessions create and list', async () => {
    const stripe = client();
    const { json: { id } } = await run(stripe, 'identity', 'verification_sessions', 'create',
      '--type', 'document');
    const { json } = await run(stripe, 'identity', 'verification_sessions', 'list');
    assert.equal(json.data[0].id, id);
  });

  cli('webhook_endpoints create, update, delete', async () => {
    const stripe = client();
    const { json: { id } } = await run(stripe, 'webhook_endpoints', 'create', '--url',
      'https://example.com', '-d', 'enabled_events[]=*');
    const { json } = await run(stripe, 'webhook_endpoints', 'update', id, '--description', 'Mine');
    assert.equal(json.description, 'Mine');
    assert.match((await run(stripe, 'webhook_endpoints', 'delete', id, '-c')).output,
      /"deleted":true/);
  });
});

describe('stripe events', () => {
  cli('list', async () => {
    const stripe = client();
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    const { json } = await run(stripe, 'events', 'list', '--type', 'climate.order.created');
    assert.equal(json.data[0].type, 'climate.order.created');
  });

  cli('resend', async () => {
    const stripe = client();
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    const { data: [{ id }] } = await stripe.events.list();
    const { json } = await run(stripe, 'events', 'resend', id);
    assert.equal(json.id, id);
    assert.equal(json.object, 'event');
  });

  cli('resend delivers once more, to the endpoint that is named', async () => {
    const stripe = client();
    const got = [];
    const url = await destination((request, response) => {
      got.push(request);
      response.end('thanks');
    });
    const [one, other] = await Promise.all(['/one', '/other'].map((path) =>
      stripe.webhookEndpoints.create({ url: url + path, enabled_events: ['climate.order.created'] })));
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    await sim.control('deliveries/flush');
    assert.deepEqual(got.map((request) => request.url).sort(), ['/one', '/other']);
    const { data: [{ id, pending_webhooks: pending }] } = await stripe.events.list();
    assert.equal(pending, 0);
    await run(stripe, 'events', 'resend', id, '--webhook-endpoint', other.id);
    await sim.control('deliveries/flush');
    await run(stripe, 'events', 'resend', id);
    await sim.control('deliveries/flush');
    assert.deepEqual(got.slice(2).map((request) => request.url).sort(),
      ['/one', '/other', '/other']);
    for (const request of got) {
      const { secret } = request.url === '/one' ? one : other;
      const event = Stripe.webhooks.constructEvent(request.text,
        request.headers['stripe-signature'], secret);
      assert.equal(event.id, id);
    }
  });

  cli('resend to an endpoint', async () => {
    const stripe = client();
    const { id: endpoint } = await stripe.webhookEndpoints.create(
      { url: 'https://example.com', enabled_events: ['*'] });
    await stripe.climate.orders.create({ product: PRODUCT, amount: 1000 });
    const { data: [{ id }] } = await stripe.events.list();
    const { json } = await run(stripe, 'events', 'resend', id, '--webhook-endpoint', endpoint);
    assert.equal(json.id, id);
    const { output } = await run(stripe, 'events', 'resend', id, '--webhook-endpoint', 'we_none');
    assert.match(output, /No such webhook endpoint/);
  });

  cli('resend of what is not there', async () => {
    const { output } = await run(client(), 'events', 'resend', 'evt_none');
    assert.match(output, /No such event: 'evt_none'/);
  });
});

describe('stripe fixtures', () => {
  cli('run one after the other, with references', async () => {
    const stripe = client();
    const path = join(home, 'fixture.json');
    await writeFile(path, JSON.stringify({
      _meta: { template_version: 0 },
      fixtures: [
        { name: 'session', path: '/v1/identity/verification_sessions', method: 'post',
          params: { type: 'document', metadata: { from: 'fixture' } } },
        { name: 'canceled', path: '/v1/identity/verification_sessions/${session:id}/cancel',
          method: 'post' },
        { name: 'order', path: '/v1/climate/orders', method: 'post',
          params: { product: PRODUCT, amount: 1000, metadata: { session: '${session:id}' } } },
        { name: 'endpoint', path: '/v1/webhook_endpoints', method: 'post',
          params: { url: 'https://example.com', enabled_events: ['climate.order.created'] } },
        { name: 'gone', path: '/v1/webhook_endpoints/${endpoint:id}', method: 'delete' },
      ],
    }));
    const { code, output } = await run(stripe, 'fixtures', path);
    assert.equal(code, 0, output);
    const { data: [order] } = await stripe.climate.orders.list();
    const session = await stripe.identity.verificationSessions.retrieve(order.metadata.session);
    assert.equal(session.status, 'canceled');
    assert.deepEqual(session.metadata, { from: 'fixture' });
    assert.equal((await stripe.webhookEndpoints.list()).data.length, 0);
  });

  for (const [what, types] of [
    ['created', ['created']], ['canceled', ['created', 'canceled']],
    ['redacted', ['created', 'canceled']],
  ]) {
    cli(`trigger identity.verification_session.${what}`, async () => {
      const stripe = client();
      const { output } = await run(stripe, 'trigger', `identity.verification_session.${what}`);
      assert.match(output, /Trigger succeeded/);
      assert.deepEqual(await eventTypes(stripe),
        types.map((type) => `identity.verification_session.${type}`));
    });
  }
});
