// The SDK has no methods for the onramp: rawRequest does.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventTypes, failure, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const WALLET = '0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2';
const SESSIONS = '/v1/crypto/onramp_sessions';
const get = (stripe, path, params = {}) =>
  stripe.rawRequest('GET', `${path}?${new URLSearchParams(params)}`);
const create = (stripe, params = {}) => stripe.rawRequest('POST', SESSIONS, params);

describe('crypto.onramp_sessions', () => {
  test('create without anything', async () => {
    const session = await create(sim.client());
    assert.match(session.id, /^cos_/);
    assert.equal(session.object, 'crypto.onramp_session');
    assert.equal(session.status, 'initialized');
    assert.ok(session.client_secret.startsWith(`${session.id}_secret_`));
  });

  test('create with a destination', async () => {
    const session = await create(sim.client(), {
      destination_currency: 'eth', destination_network: 'ethereum', source_currency: 'usd',
      source_amount: '100.00', wallet_addresses: { ethereum: WALLET }, lock_wallet_address: true,
      destination_currencies: ['eth', 'usdc'], destination_networks: ['ethereum'],
      metadata: { a: 'b' },
    });
    const details = session.transaction_details;
    assert.equal(details.destination_currency, 'eth');
    assert.deepEqual(details.destination_networks, ['ethereum']);
    assert.equal(details.lock_wallet_address, true);
    assert.deepEqual(session.metadata, { a: 'b' });
  });

  for (const [what, params, code] of [
    ['both amounts', { source_amount: '1.00', destination_amount: '1', source_currency: 'usd',
      destination_currency: 'eth', destination_network: 'ethereum' },
    'crypto_onramp_invalid_source_destination_pair'],
    ['a currency without a network', { destination_currency: 'eth' },
      'crypto_onramp_incomplete_destination_currency_and_network_pair'],
    ['a pair that there is not', { destination_currency: 'btc', destination_network: 'ethereum' },
      'crypto_onramp_invalid_destination_currency_and_network_pair'],
    ['a source amount without currency', { source_amount: '1.00' },
      'crypto_onramp_missing_source_currency'],
    ['a lock without a wallet', { lock_wallet_address: true },
      'crypto_onramp_no_wallet_address_to_lock'],
    ['a currency outside the list', { destination_currency: 'eth', destination_network: 'ethereum',
      destination_currencies: ['usdc'] }, 'crypto_onramp_conflicting_destination_currency'],
  ]) {
    test(`create refuses ${what}`, async () => {
      const error = await failure(create(sim.client(), params));
      assert.equal(error.statusCode, 400);
      assert.equal(error.code, code);
    });
  }

  test('retrieve and list', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    assert.equal((await get(stripe, `${SESSIONS}/${id}`)).id, id);
    const list = await get(stripe, SESSIONS, { limit: 1, status: 'initialized' });
    assert.equal(list.object, 'list');
    assert.equal(list.data[0].id, id);
    assert.equal((await get(stripe, SESSIONS, { status: 'rejected' })).data.length, 0);
  });

  test('an unknown one is a 404', async () => {
    assert.equal((await failure(get(sim.client(), `${SESSIONS}/cos_none`))).statusCode, 404);
  });

  test('walks to its end by a control, with events', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { destination_currency: 'usdc',
      destination_network: 'ethereum', wallet_addresses: { ethereum: WALLET } });
    for (const status of ['requires_payment', 'fulfillment_processing', 'fulfillment_complete']) {
      await sim.control(`crypto/onramp_sessions/${id}/move`, { status }, stripe);
      assert.equal((await get(stripe, `${SESSIONS}/${id}`)).status, status);
    }
    assert.ok((await get(stripe, `${SESSIONS}/${id}`)).transaction_details.transaction_id);
    assert.deepEqual(await eventTypes(stripe), Array(3).fill('crypto.onramp_session.updated'));
  });

  test('an illegal step is refused', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const error = await failure(
      sim.control(`crypto/onramp_sessions/${id}/move`, { status: 'fulfillment_complete' }, stripe));
    assert.ok(error.message);
  });

  test('quote and checkout are for previews only', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const error = await failure(stripe.rawRequest('POST', `${SESSIONS}/${id}/quote`, {}));
    assert.equal(error.statusCode, 404);
  });
});

describe('crypto.onramp_quotes', () => {
  for (const path of ['/v1/crypto/onramp/quotes', '/v1/crypto/onramp_quotes']) {
    test(`at ${path}`, async () => {
      const quotes = await get(sim.client(), path, { 'destination_currencies[]': 'eth',
        'destination_networks[]': 'ethereum', source_amount: '50.00' });
      assert.equal(quotes.source_amount, '50.00');
      const [quote] = quotes.destination_network_quotes.ethereum;
      assert.equal(quote.destination_currency, 'eth');
      assert.match(quote.destination_amount, /^\d+\.\d{18}$/);
    });
  }

  test('all pairs by default', async () => {
    const quotes = await get(sim.client(), '/v1/crypto/onramp/quotes');
    assert.equal(quotes.source_currency, 'usd');
    assert.equal(quotes.source_amount, '100.00');
    assert.ok(Object.values(quotes.destination_network_quotes).flat().length > 5);
  });

  test('refuses both amounts', async () => {
    assert.equal((await failure(get(sim.client(), '/v1/crypto/onramp/quotes',
      { source_amount: '1.00', destination_amount: '1.00' }))).statusCode, 400);
  });
});
