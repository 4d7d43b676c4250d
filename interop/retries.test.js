import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, test } from 'node:test';
import { failure, PRODUCT, simulator } from './support.js';

const sim = await simulator();
const BROKEN = { status: 500, body: { error: { type: 'api_error', message: 'Sorry.' } } };
const PARAMS = { product: PRODUCT, amount: 1000 };
const attempts = async (stripe) => (await sim.requests(stripe))
  .filter((one) => one.operation === 'climate.orders.create');

describe('a client that retries', () => {
  for (const fault of ['server_error', 'conflict', 'reset', 'html', 'lost']) {
    test(`survives ${fault}`, async () => {
      const stripe = sim.client({ maxNetworkRetries: 2 });
      await sim.fault(stripe, fault);
      const order = await stripe.climate.orders.create(PARAMS);
      assert.equal(order.status, 'confirmed');
      const made = await attempts(stripe);
      assert.equal(made.length, 2);
      assert.equal(made[0].idempotency_key, made[1].idempotency_key);
      assert.equal((await stripe.climate.orders.list()).data.length, 1);
    });
  }

  test('gives up in the end', async () => {
    const stripe = sim.client({ maxNetworkRetries: 1 });
    await sim.fault(stripe, BROKEN, { times: 9 });
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.statusCode, 500);
    assert.equal(error.type, 'StripeAPIError');
    assert.equal(error.message, 'Sorry.');
    assert.equal((await attempts(stripe)).length, 2);
  });

  test('does not retry a 429', async () => {
    const stripe = sim.client({ maxNetworkRetries: 2 });
    await sim.fault(stripe, { kind: 'rate_limit', reason: 'endpoint-rate' });
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.type, 'StripeRateLimitError');
    assert.equal(error.code, 'rate_limit');
    assert.equal(error.headers['stripe-rate-limited-reason'], 'endpoint-rate');
    assert.equal((await attempts(stripe)).length, 1);
  });

  test('does what Stripe-Should-Retry says', async () => {
    const stripe = sim.client({ maxNetworkRetries: 2 });
    await sim.fault(stripe,
      { ...BROKEN, headers: { 'Stripe-Should-Retry': 'false' } });
    assert.equal((await failure(stripe.climate.orders.create(PARAMS))).statusCode, 500);
    assert.equal((await attempts(stripe)).length, 1);
  });
});

describe('a client that does not retry', () => {
  // It retries once when a connection closes, whatever it was told.
  test('sees two resets', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'reset', { times: 2 });
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.type, 'StripeConnectionError');
    assert.equal((await stripe.climate.orders.list()).data.length, 0);
  });

  test('sees a real reset, not an early end', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'reset');
    const error = await failure(new Promise((resolve, reject) => {
      http.get(`${sim.url}/v1/events`, { headers: { Authorization: `Bearer ${stripe.key}` } },
        resolve).on('error', reject);
    }));
    assert.equal(error.code, 'ECONNRESET');
    assert.match(error.message, /read ECONNRESET/);
  });

  test('loses an answer, but not the work', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'lost', { times: 2 });
    const options = { idempotencyKey: 'safe' };
    await failure(stripe.climate.orders.create(PARAMS, options));
    const order = await stripe.climate.orders.create(PARAMS, options);
    assert.equal(order.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal((await stripe.climate.orders.list()).data.length, 1);
  });

  test('gets half an answer', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'truncate');
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.type, 'StripeConnectionError');
    assert.equal((await stripe.climate.orders.list()).data.length, 1);
  });

  test('gets HTML', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'html');
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.type, 'StripeAPIError');
  });

  test('runs out of time', async () => {
    const stripe = sim.client({ timeout: 100 });
    await sim.fault(stripe, { delay: 1 });
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.type, 'StripeConnectionError');
    assert.match(error.message, /timed out|timeout/i);
  });

  test('waits for a slow answer', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, { delay: 0.2 });
    const started = Date.now();
    await stripe.climate.orders.create(PARAMS);
    assert.ok(Date.now() - started >= 190);
  });

  test('meets a lock', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'lock_timeout');
    const error = await failure(stripe.climate.orders.create(PARAMS));
    assert.equal(error.statusCode, 429);
    assert.equal(error.code, 'lock_timeout');
  });

  test('meets a fault only where it was asked for', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, BROKEN, { match: { path: 'climate.orders.create' } });
    await stripe.climate.products.list();
    assert.equal((await failure(stripe.climate.orders.create(PARAMS))).statusCode, 500);
    await stripe.climate.orders.create(PARAMS);
  });
});
