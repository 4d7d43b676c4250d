import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventTypes, failure, PRODUCT, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const create = (stripe, more = {}) =>
  stripe.climate.orders.create({ product: PRODUCT, metric_tons: '1', ...more });

describe('climate.orders', () => {
  test('create by metric tons confirms at once', async () => {
    const order = await create(sim.client());
    assert.match(order.id, /^climorder_/);
    assert.equal(order.object, 'climate.order');
    assert.equal(order.status, 'confirmed');
    assert.equal(order.created, 1800000000);
    assert.equal(order.confirmed_at, order.created);
    assert.equal(order.metric_tons.toString(), '1');
    assert.equal(order.livemode, false);
  });

  test('amounts add up', async () => {
    const order = await create(sim.client());
    assert.equal(order.amount_total, order.amount_subtotal + order.amount_fees);
  });

  test('create by amount', async () => {
    const order = await sim.client().climate.orders.create({ product: PRODUCT, amount: 10000 });
    assert.ok(order.amount_total <= 10300);
    assert.ok(Number(order.metric_tons) > 0);
  });

  test('create in another currency', async () => {
    assert.equal((await create(sim.client(), { currency: 'eur' })).currency, 'eur');
  });

  test('create with a beneficiary and metadata', async () => {
    const order = await create(sim.client(),
      { beneficiary: { public_name: 'Ada' }, metadata: { invoice: '1' } });
    assert.equal(order.beneficiary.public_name, 'Ada');
    assert.deepEqual(order.metadata, { invoice: '1' });
  });

  test('amount and metric_tons together are refused', async () => {
    const error = await failure(create(sim.client(), { amount: 100 }));
    assert.equal(error.statusCode, 400);
    assert.equal(error.type, 'StripeInvalidRequestError');
  });

  test('neither amount nor metric_tons is refused', async () => {
    assert.equal((await failure(sim.client().climate.orders.create({ product: PRODUCT })))
      .statusCode, 400);
  });

  test('an unknown product is refused', async () => {
    const error = await failure(create(sim.client(), { product: 'climsku_none' }));
    assert.equal(error.code, 'resource_missing');
    assert.equal(error.param, 'product');
  });

  test('retrieve gives what create gave', async () => {
    const stripe = sim.client();
    const order = await create(stripe);
    const again = await stripe.climate.orders.retrieve(order.id);
    assert.equal(JSON.stringify(again), JSON.stringify(order));
  });

  test('retrieve expands the product', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const order = await stripe.climate.orders.retrieve(id, { expand: ['product'] });
    assert.equal(order.product.id, PRODUCT);
    assert.equal(order.product.object, 'climate.product');
  });

  test('list expands the products of its orders', async () => {
    const stripe = sim.client();
    await create(stripe);
    const { data } = await stripe.climate.orders.list({ expand: ['data.product'] });
    assert.equal(data[0].product.object, 'climate.product');
  });

  test('update merges metadata and deletes keys', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { metadata: { a: '1', b: '2' } });
    const order = await stripe.climate.orders.update(id, { metadata: { b: '', c: '3' } });
    assert.deepEqual(order.metadata, { a: '1', c: '3' });
  });

  test('update clears all metadata', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { metadata: { a: '1' } });
    assert.deepEqual((await stripe.climate.orders.update(id, { metadata: '' })).metadata, {});
  });

  test('update changes the beneficiary', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const order = await stripe.climate.orders.update(id, { beneficiary: { public_name: 'Bo' } });
    assert.equal(order.beneficiary.public_name, 'Bo');
  });

  test('cancel refunds, and only once', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const order = await stripe.climate.orders.cancel(id);
    assert.equal(order.status, 'canceled');
    assert.equal(order.cancellation_reason, 'requested');
    assert.equal(order.canceled_at, 1800000000);
    assert.equal((await failure(stripe.climate.orders.cancel(id))).statusCode, 400);
  });

  test('list is newest first', async () => {
    const stripe = sim.client();
    const first = await create(stripe);
    const second = await create(stripe);
    const { data, has_more: more, url } = await stripe.climate.orders.list();
    assert.deepEqual(data.map((order) => order.id), [second.id, first.id]);
    assert.equal(more, false);
    assert.equal(url, '/v1/climate/orders');
  });

  test('list refuses created, which it does not have', async () => {
    const error = await failure(sim.client().climate.orders.list({ created: { gt: 1 } }));
    assert.equal(error.code, 'parameter_unknown');
  });

  test('is delivered by a control', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await sim.control(`climate/orders/${id}/deliver`, {}, stripe);
    const order = await stripe.climate.orders.retrieve(id);
    assert.equal(order.status, 'delivered');
    assert.equal(order.delivered_at, 1800000000);
    assert.ok(order.delivery_details.length > 0);
    assert.match(order.certificate, /^https?:/);
  });

  test('tells its life in events', async () => {
    const stripe = sim.client();
    const first = await create(stripe);
    await stripe.climate.orders.cancel(first.id);
    const second = await create(stripe);
    await sim.control(`climate/orders/${second.id}/deliver`, {}, stripe);
    assert.deepEqual(await eventTypes(stripe), ['climate.order.created', 'climate.order.canceled',
      'climate.order.created', 'climate.order.delivered']);
  });
});

describe('climate.products', () => {
  test('list', async () => {
    const { data } = await sim.client().climate.products.list({ limit: 100 });
    assert.ok(data.some((product) => product.id === PRODUCT));
    assert.ok(data.every((product) => product.object === 'climate.product'));
  });

  test('retrieve has prices and suppliers', async () => {
    const product = await sim.client().climate.products.retrieve(PRODUCT);
    const { usd } = product.current_prices_per_metric_ton;
    assert.equal(usd.amount_total, usd.amount_subtotal + usd.amount_fees);
    assert.equal(product.suppliers[0].object, 'climate.supplier');
    assert.match(product.metric_tons_available.toString(), /^\d+(\.\d+)?$/);
  });

  test('an unknown one is a 404', async () => {
    const error = await failure(sim.client().climate.products.retrieve('climsku_none'));
    assert.equal(error.statusCode, 404);
    assert.match(error.message, /^No such climate product: 'climsku_none'/);
  });

  test('a price set by a control holds for new orders', async () => {
    const stripe = sim.client();
    await sim.control(`climate/products/${PRODUCT}/price`, { usd: 70000 }, stripe)
      .catch(() => sim.control(`climate/products/${PRODUCT}/price`,
        { usd: { amount_subtotal: 70000 } }, stripe));
    assert.equal((await create(stripe)).amount_subtotal, 70000);
  });
});

describe('climate.suppliers', () => {
  test('list and retrieve', async () => {
    const stripe = sim.client();
    const { data } = await stripe.climate.suppliers.list();
    const supplier = await stripe.climate.suppliers.retrieve(data[0].id);
    assert.match(supplier.id, /^climsup_/);
    assert.deepEqual(supplier.locations, data[0].locations);
    assert.equal('created' in supplier, false);
  });

  test('an unknown one is a 404', async () => {
    assert.equal((await failure(sim.client().climate.suppliers.retrieve('climsup_none')))
      .statusCode, 404);
  });
});
