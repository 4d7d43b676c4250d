// Signatures: what the official SDK signs is valid here, and what this library signs is valid there.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';

const PROGRAM = fileURLToPath(new URL('../bin/stripe-webhook', import.meta.url));
const SECRET = 'whsec_interop_4f1cd7feda98';
const { webhooks } = new Stripe('sk_test_interop');

const PAYLOADS = {
  'as Stripe writes it': JSON.stringify({ id: 'evt_1', object: 'event', type: 'a.b' }, null, 2),
  'without white space': '{"id":"evt_1","object":"event","type":"a.b"}',
  'with other characters': '{"id":"evt_1","object":"event","name":"Žluťoučký 東京 😀"}',
  'with line ends': '{"id":"evt_1",\r\n"object":"event"}\n',
  'of 300 kB': JSON.stringify({ id: 'evt_1', object: 'event', text: 'x'.repeat(300000) }),
};

// The exit code and the output of stripe-webhook.
function run(input, ...words) {
  try {
    return [0, execFileSync(PROGRAM, words, { input, encoding: 'utf8', stdio: 'pipe' })];
  } catch (error) {
    return [error.status, error.stdout];
  }
}

describe('webhooks', () => {
  for (const [name, payload] of Object.entries(PAYLOADS)) {
    test(`signed there, verified here: ${name}`, () => {
      const header = webhooks.generateTestHeaderString({ payload, secret: SECRET });
      const [code, output] = run(payload, 'verify', '--header', header, '--secret', SECRET,
        '--tolerance', '300');
      assert.equal(code, 0, output);
      assert.match(output, /evt_1/);
      assert.equal(run(`${payload} `, 'verify', '--header', header, '--secret', SECRET)[0], 1);
    });

    test(`signed here, verified there: ${name}`, () => {
      const [code, output] = run(payload, 'sign', '--secret', SECRET);
      assert.equal(code, 0);
      const header = output.trim().replace(/^Stripe-Signature: /, '');
      assert.equal(webhooks.constructEvent(payload, header, SECRET).id, 'evt_1');
      assert.throws(() => webhooks.constructEvent(`${payload} `, header, SECRET),
        { type: 'StripeSignatureVerificationError' });
    });
  }

  test('both give the same header', () => {
    for (const payload of Object.values(PAYLOADS)) {
      const [, output] = run(payload, 'sign', '--secret', SECRET, '--timestamp', '1700000000');
      assert.equal(output.trim(), `Stripe-Signature: ${webhooks.generateTestHeaderString(
        { payload, secret: SECRET, timestamp: 1700000000 })}`);
    }
  });

  test('a secret that is being rolled is valid there under both', () => {
    const payload = PAYLOADS['without white space'];
    const [, output] = run(payload, 'sign', '--secret', 'whsec_old', '--secret', 'whsec_new');
    const header = output.trim().replace(/^Stripe-Signature: /, '');
    for (const secret of ['whsec_old', 'whsec_new'])
      assert.equal(webhooks.constructEvent(payload, header, secret).id, 'evt_1');
    assert.throws(() => webhooks.constructEvent(payload, header, SECRET));
  });

  test('an endpoint takes what the SDK signed, and nothing else', async () => {
    const child = spawn(PROGRAM, ['listen', '--port', '0', '--secret', SECRET],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    after(() => child.kill());
    const url = await new Promise((resolve) => child.stdout.once('data',
      (text) => resolve(/^listening on (\S+)\n/.exec(text)[1])));
    const payload = PAYLOADS['with other characters'];
    const post = async (secret) => (await fetch(url, { method: 'POST', body: payload, headers: {
      'Stripe-Signature': webhooks.generateTestHeaderString({ payload, secret }) } })).status;
    assert.equal(await post(SECRET), 200);
    assert.equal(await post('whsec_other'), 400);
  });
});
