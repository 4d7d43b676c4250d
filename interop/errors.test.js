import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, PRODUCT, simulator } from './support.js';

const sim = await simulator();
const orders = (stripe) => stripe.climate.orders;

describe('an error', () => {
  const cases = [
    ['a missing parameter', (s) => orders(s).create({ metric_tons: '1' }),
      { code: 'parameter_missing', param: 'product', message: 'Missing required param: product.' }],
    ['an unknown parameter', (s) => orders(s).create({ product: PRODUCT, amount: 1, colour: 'red' }),
      { code: 'parameter_unknown', param: 'colour', message: /^Received unknown parameter: colour/ }],
    ['unknown parameters', (s) => orders(s).create({ product: PRODUCT, amount: 1, x: 1, y: 2 }),
      { code: 'parameter_unknown', message: /^Received unknown parameters: x, y/ }],
    ['a misspelt parameter', (s) => orders(s).create({ product: PRODUCT, metric_ton: '1' }),
      { code: 'parameter_unknown', message: /Did you mean metric_tons\?/ }],
    ['a bad integer', (s) => orders(s).create({ product: PRODUCT, amount: 'many' }),
      { code: 'parameter_invalid_integer', param: 'amount', message: /^Invalid integer: many/ }],
    ['a bad value of a list', (s) => s.identity.verificationSessions.list({ status: 'lost' }),
      { param: 'status', message: /^Invalid status: must be one of / }],
    ['a limit that is too high', (s) => orders(s).list({ limit: 101 }), { param: 'limit' }],
    ['a limit that is too low', (s) => orders(s).list({ limit: 0 }), { param: 'limit' }],
    ['an unknown cursor', (s) => orders(s).list({ starting_after: 'climorder_x' }),
      { code: 'resource_missing', param: 'starting_after' }],
    ['both cursors', (s) => orders(s).list({ starting_after: 'a', ending_before: 'b' }),
      { code: undefined, message: 'Received both starting_after and ending_before parameters. '
        + 'Please pass in only one.' }],
    ['what can not be expanded', (s) => orders(s).list({ expand: ['data.beneficiary'] }),
      { code: undefined, param: undefined,
        message: 'This property cannot be expanded (data.beneficiary).' }],
    ['metadata with too long a key', (s) => orders(s).create(
      { product: PRODUCT, amount: 100, metadata: { ['k'.repeat(41)]: 'v' } }), {}],
    ['metadata with too long a value', (s) => orders(s).create(
      { product: PRODUCT, amount: 100, metadata: { k: 'v'.repeat(501) } }), {}],
    ['a version that there is not', (s) => orders(s).list({}, { apiVersion: '2001-01-01' }),
      { message: /^Invalid Stripe API version: 2001-01-01/ }],
  ];
  for (const [what, call, expected] of cases) {
    test(`about ${what}`, async () => {
      const error = await failure(call(sim.client()));
      assert.equal(error.type, 'StripeInvalidRequestError');
      assert.equal(error.rawType, 'invalid_request_error');
      assert.equal(error.statusCode, 400);
      for (const [name, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(error[name], value);
        else assert.equal(error[name], value);
      }
      assert.match(error.requestId, /^req_/);
      assert.equal(error.doc_url, error.code
        && `https://docs.stripe.com/error-codes/${error.code.replaceAll('_', '-')}`);
    });
  }

  test('about an unknown object', async () => {
    const error = await failure(orders(sim.client()).retrieve('climorder_none'));
    assert.equal(error.statusCode, 404);
    assert.equal(error.type, 'StripeInvalidRequestError');
    assert.equal(error.code, 'resource_missing');
    assert.equal(error.message, "No such climate order: 'climorder_none'");
  });

  test('about an unknown path', async () => {
    const error = await failure(sim.client().rawRequest('GET', '/v1/nothing'));
    assert.equal(error.statusCode, 404);
    assert.match(error.message, /^Unrecognized request URL \(GET: \/v1\/nothing\)\./);
  });

  test('about a resource that is not simulated', async () => {
    assert.equal((await failure(sim.client().customers.list())).statusCode, 404);
  });

  test('about a method that a path lacks', async () => {
    const error = await failure(sim.client().rawRequest('DELETE', '/v1/climate/orders'));
    assert.equal(error.statusCode, 404);
    assert.equal(error.message, 'Unrecognized request URL (DELETE: /v1/climate/orders).');
  });

  test('about no key', async () => {
    const response = await fetch(`${sim.url}/v1/climate/orders`);
    const { error } = await response.json();
    assert.equal(response.status, 401);
    assert.equal(error.type, 'invalid_request_error');
    assert.match(error.message, /^You did not provide an API key\./);
    assert.match(response.headers.get('request-id'), /^req_/);
  });

  test('about a bad key', async () => {
    const error = await failure(sim.client({}, 'sk_nonsense_12345678901234').climate.orders.list());
    assert.equal(error.type, 'StripeAuthenticationError');
    assert.equal(error.statusCode, 401);
    assert.match(error.message, /^Invalid API Key provided: sk_nonsense\*+1234/);
  });

  test('about a publishable key', async () => {
    const error = await failure(sim.client({}, 'pk_test_12345678901234').climate.orders.list());
    assert.equal(error.code, 'secret_key_required');
  });

  test('about an account of somebody else', async () => {
    const error = await failure(sim.client().climate.orders.list({}, { stripeAccount: 'none' }));
    assert.equal(error.type, 'StripePermissionError');
    assert.equal(error.statusCode, 403);
  });
});

describe('an answer', () => {
  test('carries request id, version and idempotency key', async () => {
    const { lastResponse } = await orders(sim.client()).create(
      { product: PRODUCT, amount: 1000 }, { idempotencyKey: 'mine' });
    assert.match(lastResponse.requestId, /^req_/);
    assert.equal(lastResponse.statusCode, 200);
    assert.match(lastResponse.headers['stripe-version'], /^2026-/);
    assert.equal(lastResponse.headers['idempotency-key'], 'mine');
    assert.equal(lastResponse.headers['content-type'], 'application/json');
  });

  test('echoes the account', async () => {
    const { lastResponse } = await orders(sim.client()).list({}, { stripeAccount: 'acct_1' });
    assert.equal(lastResponse.headers['stripe-account'], 'acct_1');
  });

  test('comes over Basic authentication', async () => {
    const response = await fetch(`${sim.url}/v1/climate/orders`,
      { headers: { Authorization: `Basic ${btoa('sk_test_basic:')}` } });
    assert.equal(response.status, 200);
  });

  test('of live mode says so', async () => {
    const order = await orders(sim.client({}, 'sk_live_interop1')).create(
      { product: PRODUCT, amount: 1000 });
    assert.equal(order.livemode, true);
  });

  test('fits an older version too', async () => {
    const { data } = await sim.client({ apiVersion: '2026-09-30.endive' }).climate.products.list();
    assert.ok(data.length > 0);
  });

  test('to many at once', async () => {
    const stripe = sim.client();
    const made = await Promise.all(Array.from({ length: 60 }, (_, i) =>
      orders(stripe).create({ product: PRODUCT, amount: 1000 + i })));
    assert.equal(new Set(made.map((order) => order.id)).size, 60);
  });
});
