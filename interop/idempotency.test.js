import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, PRODUCT, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const create = (stripe, idempotencyKey, more = {}) =>
  stripe.climate.orders.create({ product: PRODUCT, amount: 1000, ...more }, { idempotencyKey });
const count = async (stripe) => (await stripe.climate.orders.list({ limit: 100 })).data.length;

describe('an idempotency key', () => {
  test('gives the first answer again', async () => {
    const stripe = sim.client();
    const first = await create(stripe, 'k');
    const second = await create(stripe, 'k');
    assert.equal(JSON.stringify(second), JSON.stringify(first));
    assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(second.lastResponse.headers['original-request'], first.lastResponse.requestId);
    assert.notEqual(second.lastResponse.requestId, first.lastResponse.requestId);
    assert.equal(await count(stripe), 1);
  });

  test('for other parameters is refused', async () => {
    const stripe = sim.client();
    await create(stripe, 'k');
    const error = await failure(create(stripe, 'k', { amount: 2000 }));
    assert.equal(error.type, 'StripeIdempotencyError');
    assert.equal(error.statusCode, 400);
    assert.match(error.message, /^Keys for idempotent requests can only be used with the same /);
  });

  test('for another endpoint is refused', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, 'k');
    const error = await failure(stripe.climate.orders.cancel(id, {}, { idempotencyKey: 'k' }));
    assert.equal(error.type, 'StripeIdempotencyError');
  });

  test('gives a failure again', async () => {
    const stripe = sim.client();
    const first = await failure(create(stripe, 'k', { product: 'climsku_none' }));
    const second = await failure(create(stripe, 'k', { product: 'climsku_none' }));
    assert.equal(second.message, first.message);
    assert.equal(second.headers['idempotent-replayed'], 'true');
  });

  test('is new after a refused parameter', async () => {
    const stripe = sim.client();
    await failure(create(stripe, 'k', { colour: 'red' }));
    await create(stripe, 'k');
    assert.equal(await count(stripe), 1);
  });

  test('is new after a 429', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, 'rate_limit');
    await failure(create(stripe, 'k'));
    const order = await create(stripe, 'k');
    assert.equal('idempotent-replayed' in order.lastResponse.headers, false);
  });

  test('is new after 24 hours', async () => {
    const stripe = sim.client();
    const first = await create(stripe, 'k');
    await sim.control('clock/advance', { seconds: 24 * 3600 }, stripe);
    assert.notEqual((await create(stripe, 'k')).id, first.id);
  });

  test('belongs to its account', async () => {
    const first = await create(sim.client(), 'k');
    assert.notEqual((await create(sim.client(), 'k')).id, first.id);
  });

  test('is at most 255 characters long', async () => {
    const stripe = sim.client();
    await create(stripe, 'k'.repeat(255));
    assert.equal((await failure(create(stripe, 'k'.repeat(256)))).statusCode, 400);
  });

  test('is in use while its request takes its time', async () => {
    const stripe = sim.client();
    await sim.fault(stripe, { delay: 1 }, { match: { method: 'POST' } });
    const slow = create(stripe, 'k');
    while (await count(stripe) === 0); // it is there before its answer
    const error = await failure(create(stripe, 'k'));
    assert.equal(error.statusCode, 409);
    assert.equal(error.code, 'idempotency_key_in_use');
    const order = await slow;
    assert.equal((await create(stripe, 'k')).id, order.id);
  });

  test('of an upload knows its contents', async () => {
    const stripe = sim.client();
    const upload = (data) => stripe.files.create({ purpose: 'dispute_evidence',
      file: { data: Buffer.from(`%PDF-${data}`), name: 'a.pdf', type: 'application/pdf' } },
    { idempotencyKey: 'k' });
    const first = await upload('1');
    assert.equal((await upload('1')).id, first.id);
    assert.equal((await failure(upload('2'))).type, 'StripeIdempotencyError');
  });
});
