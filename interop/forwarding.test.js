import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { destination, failure, simulator } from './support.js';

const sim = await simulator();
const BODY = '{"amount":1000,"card":{"number":"","exp_month":"","exp_year":"","cvc":""}}';

let answer;
let seen;
const url = await destination((request, response) => {
  seen = request;
  answer(request, response);
});
const ok = (request, response) => {
  response.writeHead(201, { 'X-Theirs': 'yes', 'Content-Type': 'application/json' });
  response.end('{"token":"t_1"}');
};
const params = (more = {}) => ({
  payment_method: 'pm_card_visa', url: `${url}/pay?a=1`,
  replacements: ['card_number', 'card_expiry', 'card_cvc'],
  request: { body: BODY, headers: [{ name: 'X-Mine', value: 'yes' }] }, ...more,
});

describe('forwarding.requests', () => {
  test('create sends the card out and keeps a masked copy', async () => {
    answer = ok;
    const forwarded = await sim.client().forwarding.requests.create(params());
    assert.match(forwarded.id, /^fwdreq_/);
    assert.equal(seen.method, 'POST');
    assert.equal(seen.url, '/pay?a=1');
    assert.equal(seen.headers['x-mine'], 'yes');
    assert.equal(seen.headers['user-agent'], 'Stripe');
    assert.equal(JSON.parse(seen.text).card.number, '4242424242424242');
    assert.equal(forwarded.request_details.http_method, 'POST');
    assert.equal(forwarded.request_details.body.includes('4242424242424242'), false);
    assert.equal(forwarded.response_details.status, 201);
    assert.equal(forwarded.response_details.body, '{"token":"t_1"}');
    assert.ok(forwarded.response_details.headers.some(({ name, value }) =>
      name.toLowerCase() === 'x-theirs' && value === 'yes'));
    assert.ok(Number.isInteger(forwarded.request_context.destination_duration));
    assert.equal(forwarded.request_context.destination_ip_address, '127.0.0.1');
  });

  test('an error of the destination is a success', async () => {
    answer = (request, response) => {
      response.statusCode = 500;
      response.end('broken');
    };
    const forwarded = await sim.client().forwarding.requests.create(params());
    assert.equal(forwarded.response_details.status, 500);
    assert.equal(forwarded.response_details.body, 'broken');
  });

  test('an answer in chunks', async () => {
    answer = async (request, response) => {
      response.write('a');
      await sleep(20);
      response.end('b');
    };
    const forwarded = await sim.client().forwarding.requests.create(params());
    assert.equal(forwarded.response_details.body, 'ab');
  });

  test('retrieve and list', async () => {
    answer = ok;
    const stripe = sim.client();
    const { id } = await stripe.forwarding.requests.create(params());
    assert.equal((await stripe.forwarding.requests.retrieve(id)).id, id);
    const { data } = await stripe.forwarding.requests.list({ created: { gte: 1 } });
    assert.deepEqual(data.map((one) => one.id), [id]);
  });

  test('an unknown one is a 404', async () => {
    assert.equal((await failure(sim.client().forwarding.requests.retrieve('fwdreq_none')))
      .statusCode, 404);
  });

  test('a broken connection is a 502', async () => {
    answer = (request) => request.socket.destroy();
    const error = await failure(sim.client().forwarding.requests.create(params()));
    assert.equal(error.statusCode, 502);
    assert.equal(error.code, 'forwarding_api_upstream_connection_error');
    assert.equal(error.type, 'StripeAPIError');
  });

  test('a destination that is not there is a 502', async () => {
    const error = await failure(sim.client().forwarding.requests.create(
      params({ url: 'http://127.0.0.1:1/' })));
    assert.equal(error.statusCode, 502);
  });

  test('a destination without TLS is a 502', async () => {
    answer = ok;
    const error = await failure(sim.client().forwarding.requests.create(
      params({ url: url.replace('http:', 'https:') })));
    assert.equal(error.statusCode, 502);
  });

  test('a destination that nobody allowed is refused', async () => {
    const error = await failure(sim.client().forwarding.requests.create(
      params({ url: 'https://pay.example/' })));
    assert.equal(error.statusCode, 400);
  });

  test('a destination inside the simulator', async () => {
    const stripe = sim.client();
    await sim.control('forwarding/destinations',
      { url: 'https://pay.example/', status: 202, body: { ok: true } }, stripe);
    const forwarded = await stripe.forwarding.requests.create(params({ url: 'https://pay.example/x' }));
    assert.equal(forwarded.response_details.status, 202);
    assert.equal(forwarded.response_details.body, '{"ok":true}');
  });

  test('a failure inside the simulator', async () => {
    const stripe = sim.client();
    await sim.control('forwarding/destinations',
      { url: 'https://pay.example/', failure: 'connect_timeout' }, stripe);
    const error = await failure(stripe.forwarding.requests.create(
      params({ url: 'https://pay.example/' })));
    assert.equal(error.statusCode, 402);
    assert.equal(error.code, 'forwarding_api_retryable_upstream_error');
  });

  test('waits for the destination, and keeps nobody else waiting', async () => {
    let arrive, release;
    const arrived = new Promise((resolve) => { arrive = resolve; });
    const held = new Promise((resolve) => { release = resolve; });
    answer = async (request, response) => {
      arrive();
      await held;
      ok(request, response);
    };
    const stripe = sim.client();
    const pending = stripe.forwarding.requests.create(params(), { idempotencyKey: 'slow' });
    await arrived;
    await stripe.climate.products.list();
    const error = await failure(
      stripe.forwarding.requests.create(params(), { idempotencyKey: 'slow' }));
    assert.equal(error.statusCode, 409);
    assert.equal(error.code, 'idempotency_key_in_use');
    release();
    const first = await pending;
    seen = undefined;
    const again = await stripe.forwarding.requests.create(params(), { idempotencyKey: 'slow' });
    assert.equal(again.id, first.id);
    assert.equal(seen, undefined);
  });

  test('an unknown payment method is refused', async () => {
    const error = await failure(sim.client().forwarding.requests.create(
      params({ payment_method: 'pm_none' })));
    assert.equal(error.code, 'resource_missing');
  });
});
