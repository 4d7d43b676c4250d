import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventTypes, failure, PNG, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const upload = (stripe, more = {}, file = {}) => stripe.files.create({
  purpose: 'dispute_evidence',
  file: { data: PNG, name: 'proof.png', type: 'image/png', ...file }, ...more,
});
const bytes = async (url, key) => {
  const response = await fetch(url, { headers: key ? { Authorization: `Bearer ${key}` } : {} });
  return [response.status, Buffer.from(await response.arrayBuffer())];
};

describe('files', () => {
  test('create', async () => {
    const file = await upload(sim.client());
    assert.match(file.id, /^file_/);
    assert.equal(file.object, 'file');
    assert.equal(file.filename, 'proof.png');
    assert.equal(file.purpose, 'dispute_evidence');
    assert.equal(file.size, PNG.length);
    assert.equal(file.type, 'png');
    assert.equal(file.links.object, 'list');
  });

  test('create from a stream', async () => {
    const { Readable } = await import('node:stream');
    const stripe = sim.client();
    const file = await upload(stripe, {}, { data: Readable.from([PNG, Buffer.alloc(10)]) });
    assert.equal(file.size, PNG.length + 10);
  });

  test('create of two megabytes keeps every byte', async () => {
    const stripe = sim.client();
    const data = Buffer.concat([PNG,
      Buffer.from(Uint8Array.from({ length: 2 ** 21 }, (_, i) => (i * 31) % 256))]);
    const file = await upload(stripe, {}, { data });
    const [status, content] = await bytes(file.url, stripe.key);
    assert.equal(status, 200);
    assert.equal(Buffer.compare(content, data), 0);
  });

  test('create with a link', async () => {
    const stripe = sim.client();
    const file = await upload(stripe,
      { file_link_data: { create: true, metadata: { a: 'b' }, expires_at: 1800000100 } });
    assert.equal(file.links.data.length, 1);
    assert.deepEqual(file.links.data[0].metadata, { a: 'b' });
    assert.equal(file.links.data[0].expires_at, 1800000100);
  });

  test('create refuses what a purpose does not take', async () => {
    const error = await failure(upload(sim.client(), { purpose: 'tax_form' }));
    assert.equal(error.param, 'purpose');
    assert.equal((await failure(upload(sim.client(), { purpose: 'business_logo' },
      { data: Buffer.from('%PDF-1'), name: 'a.pdf', type: 'application/pdf' }))).statusCode, 400);
  });

  test('create refuses too many bytes', async () => {
    const error = await failure(upload(sim.client(), { purpose: 'business_logo' },
      { data: Buffer.concat([PNG, Buffer.alloc(512 * 1024)]) }));
    assert.equal(error.statusCode, 400);
  });

  test('the contents want the key', async () => {
    const stripe = sim.client();
    const file = await upload(stripe);
    assert.ok(file.url.startsWith(`${sim.url}/v1/files/${file.id}/contents`));
    assert.deepEqual(await bytes(file.url, stripe.key), [200, PNG]);
    assert.equal((await bytes(file.url))[0], 401);
    assert.equal((await bytes(file.url, sim.key()))[0], 404);
  });

  test('retrieve and list', async () => {
    const stripe = sim.client();
    const file = await upload(stripe);
    await upload(stripe, { purpose: 'identity_document' });
    assert.equal((await stripe.files.retrieve(file.id)).filename, 'proof.png');
    assert.equal((await stripe.files.list()).data.length, 2);
    const { data } = await stripe.files.list({ purpose: 'dispute_evidence' });
    assert.deepEqual(data.map((one) => one.id), [file.id]);
  });

  test('an unknown one is a 404', async () => {
    assert.equal((await failure(sim.client().files.retrieve('file_none'))).code,
      'resource_missing');
  });

  test('make an event', async () => {
    const stripe = sim.client();
    await upload(stripe);
    assert.deepEqual(await eventTypes(stripe), ['file.created']);
  });

  test('a file that expired can not be read', async () => {
    const stripe = sim.client();
    const file = await upload(stripe, { purpose: 'customer_signature' });
    assert.equal(file.expires_at, 1800000000 + 7 * 24 * 3600);
    await sim.control('clock/advance', { seconds: 7 * 24 * 3600 }, stripe);
    assert.notEqual((await bytes(file.url, stripe.key))[0], 200);
  });
});

describe('fileLinks', () => {
  const link = async (stripe, more = {}) =>
    stripe.fileLinks.create({ file: (await upload(stripe)).id, ...more });

  test('create, and anyone may open it', async () => {
    const stripe = sim.client();
    const made = await link(stripe, { metadata: { a: 'b' } });
    assert.match(made.id, /^link_/);
    assert.equal(made.expired, false);
    assert.equal(made.expires_at, null);
    assert.ok(made.url.startsWith(`${sim.url}/links/`));
    assert.deepEqual(await bytes(made.url), [200, PNG]);
  });

  test('expand the file', async () => {
    const stripe = sim.client();
    const { id } = await link(stripe);
    assert.equal((await stripe.fileLinks.retrieve(id, { expand: ['file'] })).file.object, 'file');
  });

  test('create wants a time in the future', async () => {
    const error = await failure(link(sim.client(), { expires_at: 1700000000 }));
    assert.equal(error.param, 'expires_at');
  });

  test('create wants a file that there is', async () => {
    const error = await failure(sim.client().fileLinks.create({ file: 'file_none' }));
    assert.equal(error.param, 'file');
    assert.equal(error.code, 'resource_missing');
  });

  test('expire', async () => {
    const stripe = sim.client();
    const made = await link(stripe, { expires_at: 1800000010 });
    await sim.control('clock/advance', { seconds: 10 }, stripe);
    assert.equal((await stripe.fileLinks.retrieve(made.id)).expired, true);
    assert.equal((await bytes(made.url))[0], 404);
    assert.equal((await failure(stripe.fileLinks.update(made.id, { metadata: { a: 'b' } })))
      .statusCode, 400);
  });

  test('update to expire now, or never', async () => {
    const stripe = sim.client();
    const made = await link(stripe, { expires_at: 1800000010 });
    assert.equal((await stripe.fileLinks.update(made.id, { expires_at: '' })).expires_at, null);
    assert.equal((await stripe.fileLinks.update(made.id, { expires_at: 'now' })).expired, true);
  });

  test('list by file and by expiry', async () => {
    const stripe = sim.client();
    const first = await link(stripe);
    const second = await link(stripe);
    await stripe.fileLinks.update(first.id, { expires_at: 'now' });
    const ids = async (params) => (await stripe.fileLinks.list(params)).data.map((one) => one.id);
    assert.deepEqual(await ids({ file: first.file }), [first.id]);
    assert.deepEqual(await ids({ expired: false }), [second.id]);
    assert.deepEqual(await ids({ expired: true }), [first.id]);
  });

  test('stand inside their file', async () => {
    const stripe = sim.client();
    const made = await link(stripe);
    const file = await stripe.files.retrieve(made.file);
    assert.deepEqual(file.links.data.map((one) => one.id), [made.id]);
    assert.equal(file.links.url, `/v1/file_links?file=${file.id}`);
  });
});
