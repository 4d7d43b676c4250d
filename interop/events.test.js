import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, PRODUCT, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const DAY = 24 * 3600;
const order = (stripe, more = {}, options = {}) =>
  stripe.climate.orders.create({ product: PRODUCT, metric_tons: '1', ...more }, options);
const session = (stripe) => stripe.identity.verificationSessions.create({ type: 'document' });
const endpoint = (stripe, more = {}) => stripe.webhookEndpoints.create(
  { url: 'https://example.com/hook', enabled_events: ['*'], ...more });

describe('events', () => {
  test('retrieve', async () => {
    const stripe = sim.client();
    const { id } = await order(stripe, {}, { idempotencyKey: 'the key' });
    const { data: [{ id: eventId }] } = await stripe.events.list();
    const event = await stripe.events.retrieve(eventId);
    assert.match(event.id, /^evt_/);
    assert.equal(event.object, 'event');
    assert.equal(event.type, 'climate.order.created');
    assert.equal(event.data.object.id, id);
    assert.equal(event.created, 1800000000);
    assert.equal(event.livemode, false);
    assert.equal(event.pending_webhooks, 0);
    assert.match(event.request.id, /^req_/);
    assert.equal(event.request.idempotency_key, 'the key');
    assert.match(event.api_version, /^\d{4}-\d\d-\d\d/);
  });

  test('hold the object as it was', async () => {
    const stripe = sim.client();
    const { id } = await order(stripe);
    await stripe.climate.orders.cancel(id);
    const { data: [canceled, created] } = await stripe.events.list();
    assert.equal(created.data.object.status, 'confirmed');
    assert.equal(canceled.data.object.status, 'canceled');
  });

  test('list by type, by group and by several types', async () => {
    const stripe = sim.client();
    const { id } = await order(stripe);
    await stripe.climate.orders.cancel(id);
    await session(stripe);
    const types = async (params) =>
      (await stripe.events.list(params)).data.map((event) => event.type);
    assert.deepEqual(await types({ type: 'climate.order.canceled' }), ['climate.order.canceled']);
    assert.deepEqual(await types({ type: 'climate.order.*' }),
      ['climate.order.canceled', 'climate.order.created']);
    assert.deepEqual(await types(
      { types: ['climate.order.created', 'identity.verification_session.created'] }),
    ['identity.verification_session.created', 'climate.order.created']);
  });

  test('list by type and types is refused', async () => {
    const error = await failure(sim.client().events.list({ type: 'a.b', types: ['a.b'] }));
    assert.equal(error.statusCode, 400);
  });

  test('list by time', async () => {
    const stripe = sim.client();
    await order(stripe);
    await sim.control('clock/advance', { seconds: 60 }, stripe);
    await order(stripe);
    const count = async (created) => (await stripe.events.list({ created })).data.length;
    assert.equal(await count({ lt: 1800000060 }), 1);
    assert.equal(await count(1800000060), 1);
    assert.equal(await count({ gt: 1800000060 }), 0);
  });

  test('list by delivery', async () => {
    const stripe = sim.client();
    await order(stripe);
    assert.equal((await stripe.events.list({ delivery_success: true })).data.length, 1);
    assert.equal((await stripe.events.list({ delivery_success: false })).data.length, 0);
  });

  test('reach back 30 days', async () => {
    const stripe = sim.client();
    await order(stripe);
    const { data: [{ id }] } = await stripe.events.list();
    await sim.control('clock/advance', { seconds: 30 * DAY + 1 }, stripe);
    assert.equal((await stripe.events.list()).data.length, 0);
    assert.equal((await failure(stripe.events.retrieve(id))).statusCode, 404);
  });

  test('an unknown one is a 404', async () => {
    const error = await failure(sim.client().events.retrieve('evt_none'));
    assert.equal(error.message, "No such event: 'evt_none'");
  });

  test('can be triggered, with chosen data', async () => {
    const stripe = sim.client();
    const made = await sim.control('events/trigger',
      { type: 'climate.order.delivered', overrides: { metric_tons: '7' } }, stripe);
    const event = await stripe.events.retrieve(made.id);
    assert.equal(event.type, 'climate.order.delivered');
    assert.equal(event.data.object.metric_tons.toString(), '7');
  });

  test('belong to their account', async () => {
    const stripe = sim.client();
    await order(stripe);
    assert.equal((await sim.client().events.list()).data.length, 0);
  });

  test('of a connected account are its own', async () => {
    const stripe = sim.client();
    await order(stripe, {}, { stripeAccount: 'acct_connected' });
    assert.equal((await stripe.events.list()).data.length, 0);
    const { data: [event] } = await stripe.events.list({}, { stripeAccount: 'acct_connected' });
    assert.equal(event.account, 'acct_connected');
  });
});

describe('webhookEndpoints', () => {
  test('create shows the secret, once', async () => {
    const stripe = sim.client();
    const made = await endpoint(stripe, { description: 'Mine', metadata: { a: 'b' } });
    assert.match(made.id, /^we_/);
    assert.match(made.secret, /^whsec_/);
    assert.equal(made.status, 'enabled');
    assert.deepEqual(made.enabled_events, ['*']);
    assert.equal(made.description, 'Mine');
    const again = await stripe.webhookEndpoints.retrieve(made.id);
    assert.equal('secret' in again, false);
    assert.deepEqual(again.metadata, { a: 'b' });
  });

  test('create with a version', async () => {
    const made = await endpoint(sim.client(), { api_version: '2026-10-28.endive' });
    assert.equal(made.api_version, '2026-10-28.endive');
  });

  test('create refuses an event that there is not', async () => {
    const error = await failure(endpoint(sim.client(), { enabled_events: ['climate.order.eaten'] }));
    assert.equal(error.statusCode, 400);
    assert.match(error.param, /^enabled_events/);
  });

  test('create refuses a URL without a scheme', async () => {
    const error = await failure(endpoint(sim.client(), { url: 'example.com' }));
    assert.match(error.message, /explicit scheme/);
  });

  test('the 17th is refused', async () => {
    const stripe = sim.client();
    for (let i = 0; i < 16; i += 1) await endpoint(stripe);
    const error = await failure(endpoint(stripe));
    assert.equal(error.message, 'You have reached the maximum of 16 test webhook endpoints.');
  });

  test('update', async () => {
    const stripe = sim.client();
    const { id } = await endpoint(stripe, { description: 'Mine' });
    const changed = await stripe.webhookEndpoints.update(id, { url: 'https://example.com/other',
      enabled_events: ['climate.order.created'], description: '', disabled: true });
    assert.equal(changed.url, 'https://example.com/other');
    assert.deepEqual(changed.enabled_events, ['climate.order.created']);
    assert.equal(changed.description, null);
    assert.equal(changed.status, 'disabled');
    assert.equal((await stripe.webhookEndpoints.update(id, { disabled: false })).status, 'enabled');
  });

  test('list', async () => {
    const stripe = sim.client();
    const first = await endpoint(stripe);
    const second = await endpoint(stripe);
    const { data } = await stripe.webhookEndpoints.list();
    assert.deepEqual(data.map((one) => one.id), [second.id, first.id]);
  });

  test('delete', async () => {
    const stripe = sim.client();
    const { id } = await endpoint(stripe);
    const gone = await stripe.webhookEndpoints.del(id);
    assert.deepEqual({ ...gone }, { id, object: 'webhook_endpoint', deleted: true });
    assert.equal((await failure(stripe.webhookEndpoints.retrieve(id))).statusCode, 404);
    assert.equal((await failure(stripe.webhookEndpoints.del(id))).statusCode, 404);
  });

  test('pending_webhooks counts those that listen', async () => {
    const stripe = sim.client();
    await endpoint(stripe);
    await endpoint(stripe, { enabled_events: ['climate.order.created'] });
    await endpoint(stripe, { enabled_events: ['file.created'] });
    await order(stripe);
    assert.equal((await stripe.events.list()).data[0].pending_webhooks, 2);
  });
});
