import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failure, PRODUCT, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');

const resources = {
  'climate.orders': [(s) => s.climate.orders, { product: PRODUCT, amount: 1000 }],
  'identity.verificationSessions': [(s) => s.identity.verificationSessions, { type: 'document' }],
  webhookEndpoints: [(s) => s.webhookEndpoints, { url: 'https://a.example', enabled_events: ['*'] }],
};

const filled = async (name, n) => {
  const [resource, params] = resources[name];
  const stripe = sim.client();
  const ids = [];
  for (let i = 0; i < n; i += 1) ids.unshift((await resource(stripe).create(params)).id);
  return [resource(stripe), ids, stripe];
};
const idsOf = (list) => list.map((one) => one.id);
const collect = async (iterator) => {
  const ids = [];
  for await (const one of iterator) ids.push(one.id);
  return ids;
};

for (const name of Object.keys(resources)) {
  describe(`pages of ${name}`, () => {
    test('has_more is exact', async () => {
      const [resource] = await filled(name, 4);
      assert.equal((await resource.list({ limit: 3 })).has_more, true);
      assert.equal((await resource.list({ limit: 4 })).has_more, false);
      assert.equal((await resource.list({ limit: 5 })).has_more, false);
    });

    test('10 by default', async () => {
      const [resource, ids] = await filled(name, 12);
      assert.deepEqual(idsOf((await resource.list()).data), ids.slice(0, 10));
    });

    test('starting_after', async () => {
      const [resource, ids] = await filled(name, 5);
      const page = await resource.list({ limit: 2, starting_after: ids[1] });
      assert.deepEqual(idsOf(page.data), ids.slice(2, 4));
      assert.equal(page.has_more, true);
    });

    test('ending_before gives the adjacent ones', async () => {
      const [resource, ids] = await filled(name, 5);
      const page = await resource.list({ limit: 2, ending_before: ids[4] });
      assert.deepEqual(idsOf(page.data), ids.slice(2, 4));
      assert.equal(page.has_more, true);
    });

    test('past the end', async () => {
      const [resource, ids] = await filled(name, 2);
      const page = await resource.list({ starting_after: ids[1] });
      assert.deepEqual([page.data, page.has_more], [[], false]);
    });

    test('all forward', async () => {
      const [resource, ids] = await filled(name, 7);
      assert.deepEqual(await collect(resource.list({ limit: 2 })), ids);
    });

    test('all backward', async () => {
      const [resource, ids] = await filled(name, 7);
      assert.deepEqual(await collect(resource.list({ limit: 2, ending_before: ids[6] })),
        ids.slice(0, 6).reverse());
    });

    test('autoPagingToArray', async () => {
      const [resource, ids] = await filled(name, 5);
      const list = await resource.list({ limit: 2 }).autoPagingToArray({ limit: 4 });
      assert.deepEqual(idsOf(list), ids.slice(0, 4));
    });
  });
}

describe('pages', () => {
  test('keep filters', async () => {
    const stripe = sim.client();
    const sessions = stripe.identity.verificationSessions;
    const wanted = [];
    for (let i = 0; i < 8; i += 1) {
      const { id } = await sessions.create(
        { type: 'document', client_reference_id: i % 2 ? 'odd' : 'even' });
      if (i % 2) wanted.unshift(id);
    }
    assert.deepEqual(await collect(sessions.list({ limit: 1, client_reference_id: 'odd' })), wanted);
  });

  test('keep expand', async () => {
    const [orders] = await filled('climate.orders', 3);
    for await (const order of orders.list({ limit: 1, expand: ['data.product'] })) {
      assert.equal(order.product.id, PRODUCT);
    }
  });

  test('of events', async () => {
    const [, ids, stripe] = await filled('climate.orders', 5);
    const objects = [];
    for await (const event of stripe.events.list({ limit: 2, type: 'climate.order.created' })) {
      objects.push(event.data.object.id);
    }
    assert.deepEqual(objects, ids);
  });

  test('of products, which everybody has', async () => {
    const { products } = sim.client().climate;
    const { data } = await products.list({ limit: 100 });
    assert.deepEqual(await collect(products.list({ limit: 1 })), idsOf(data));
  });

  test('of suppliers', async () => {
    const { suppliers } = sim.client().climate;
    const { data } = await suppliers.list({ limit: 100 });
    assert.deepEqual(await collect(suppliers.list({ limit: 2 })), idsOf(data));
  });

  test('end when their cursor is gone', async () => {
    const [endpoints, ids] = await filled('webhookEndpoints', 3);
    await endpoints.del(ids[1]);
    const error = await failure(endpoints.list({ starting_after: ids[1] }));
    assert.equal(error.statusCode, 400);
  });

  test('of 250 objects, 100 at a time', async () => {
    const stripe = sim.client();
    for (let i = 0; i < 5; i += 1) {
      await Promise.all(Array.from({ length: 50 }, () =>
        stripe.climate.orders.create({ product: PRODUCT, amount: 1000 })));
    }
    const ids = await collect(stripe.climate.orders.list({ limit: 100 }));
    assert.equal(new Set(ids).size, 250);
    const requests = await sim.requests(stripe);
    assert.equal(requests.filter((one) => one.operation === 'climate.orders.list').length, 3);
  });
});
