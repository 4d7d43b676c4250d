import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventTypes, failure, simulator } from './support.js';

const sim = await simulator('--clock', '1800000000');
const DAY = 24 * 3600;
const sessionsOf = (stripe) => stripe.identity.verificationSessions;
const create = (stripe, more = {}) => sessionsOf(stripe).create({ type: 'document', ...more });
const submit = (stripe, id, body) =>
  sim.control(`identity/verification_sessions/${id}/submit`, body, stripe);

describe('identity.verificationSessions', () => {
  test('create', async () => {
    const session = await create(sim.client());
    assert.match(session.id, /^vs_/);
    assert.equal(session.object, 'identity.verification_session');
    assert.equal(session.status, 'requires_input');
    assert.ok(session.client_secret.startsWith(`${session.id}_secret_`));
    assert.match(session.url, /^https:/);
    assert.equal(session.last_error, null);
    assert.equal(session.last_verification_report, null);
    assert.equal(session.redaction, null);
    assert.deepEqual(session.metadata, {});
  });

  test('create with everything', async () => {
    const session = await create(sim.client(), {
      client_reference_id: 'user 1', metadata: { a: 'b' },
      options: { document: { allowed_types: ['passport'], require_matching_selfie: true } },
      provided_details: { email: 'ada@example.com' }, return_url: 'https://example.com/back',
    });
    assert.equal(session.client_reference_id, 'user 1');
    assert.deepEqual(session.options.document.allowed_types, ['passport']);
    assert.equal(session.options.document.require_matching_selfie, true);
    assert.equal(session.provided_details.email, 'ada@example.com');
  });

  test('create needs a type', async () => {
    const error = await failure(sessionsOf(sim.client()).create({}));
    assert.equal(error.statusCode, 400);
  });

  test('create refuses a type that there is not', async () => {
    const error = await failure(create(sim.client(), { type: 'blood' }));
    assert.equal(error.param, 'type');
    assert.match(error.message, /must be one of/);
  });

  test('retrieve', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    assert.equal((await sessionsOf(stripe).retrieve(id)).id, id);
  });

  test('an unknown one is named in camel case', async () => {
    const error = await failure(sessionsOf(sim.client()).retrieve('vs_none'));
    assert.equal(error.message, "No such VerificationSession: 'vs_none'");
    assert.equal(error.code, 'resource_missing');
  });

  test('update', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { metadata: { a: '1' } });
    const session = await sessionsOf(stripe).update(id, { metadata: { b: '2' }, type: 'id_number' });
    assert.deepEqual(session.metadata, { a: '1', b: '2' });
    assert.equal(session.type, 'id_number');
  });

  test('update clears the options of a document', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { options: { document: { require_live_capture: true } } });
    const session = await sessionsOf(stripe).update(id, { options: { document: '' } });
    assert.notEqual(session.options.document?.require_live_capture, true);
  });

  test('cancel, twice', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    const session = await sessionsOf(stripe).cancel(id);
    assert.equal(session.status, 'canceled');
    assert.equal(session.client_secret, null);
    assert.equal(session.url, null);
    assert.equal((await sessionsOf(stripe).cancel(id)).status, 'canceled');
  });

  test('a verified one can not be canceled', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'verified' });
    const error = await failure(sessionsOf(stripe).cancel(id));
    assert.equal(error.statusCode, 400);
    assert.match(error.message, /status of "verified"/);
  });

  test('verified, with its report', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'verified', data: { first_name: 'Ada' } });
    const session = await sessionsOf(stripe).retrieve(id,
      { expand: ['verified_outputs', 'last_verification_report'] });
    assert.equal(session.status, 'verified');
    assert.equal(session.client_secret, null);
    assert.equal(session.verified_outputs.first_name, 'Ada');
    assert.equal(session.last_verification_report.document.status, 'verified');
  });

  test('hidden fields stay hidden', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'verified' });
    assert.equal('verified_outputs' in await sessionsOf(stripe).retrieve(id), false);
    const some = await sessionsOf(stripe).retrieve(id, { expand: ['verified_outputs'] });
    assert.equal('dob' in some.verified_outputs, false);
    const all = await sessionsOf(stripe).retrieve(id, { expand: ['verified_outputs.dob'] });
    assert.equal(typeof all.verified_outputs.dob.year, 'number');
  });

  test('processing', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'processing' });
    assert.equal((await sessionsOf(stripe).retrieve(id)).status, 'processing');
    assert.equal((await failure(sessionsOf(stripe).cancel(id))).statusCode, 400);
  });

  test('a failed check says why', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'requires_input', error: { code: 'document_expired' } });
    const session = await sessionsOf(stripe).retrieve(id);
    assert.equal(session.status, 'requires_input');
    assert.deepEqual(session.last_error,
      { code: 'document_expired', reason: 'The document is expired.' });
    assert.match(session.last_verification_report, /^vr_/);
  });

  test('redact of an open one', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe, { metadata: { a: 'b' } });
    const session = await sessionsOf(stripe).redact(id);
    assert.equal(session.status, 'canceled');
    assert.equal(session.redaction.status, 'processing');
    await sim.control('clock/advance', { seconds: 4 * DAY }, stripe);
    const redacted = await sessionsOf(stripe).retrieve(id);
    assert.equal(redacted.redaction.status, 'redacted');
    assert.deepEqual(redacted.metadata, {});
  });

  test('redact of a verified one takes the data away', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'verified', data: { first_name: 'Ada' } });
    await sessionsOf(stripe).redact(id);
    await sim.control('clock/advance', { seconds: 4 * DAY }, stripe);
    const session = await sessionsOf(stripe).retrieve(id, { expand: ['verified_outputs'] });
    assert.equal(session.status, 'verified');
    assert.equal(session.verified_outputs.first_name, '[redacted]');
  });

  for (const status of ['requires_input', 'processing', 'verified', 'canceled']) {
    test(`list by the status ${status}`, async () => {
      const stripe = sim.client();
      const [, processing, verified, canceled] = await Promise.all(
        Array.from({ length: 4 }, () => create(stripe)));
      await submit(stripe, processing.id, { outcome: 'processing' });
      await submit(stripe, verified.id, { outcome: 'verified' });
      await sessionsOf(stripe).cancel(canceled.id);
      const { data } = await sessionsOf(stripe).list({ status });
      assert.deepEqual(data.map((session) => session.status), [status]);
    });
  }

  test('list by reference and time', async () => {
    const stripe = sim.client();
    await create(stripe, { client_reference_id: 'x' });
    await sim.control('clock/advance', { seconds: 10 }, stripe);
    await create(stripe, { client_reference_id: 'y' });
    const count = async (params) => (await sessionsOf(stripe).list(params)).data.length;
    assert.equal(await count({ client_reference_id: 'x' }), 1);
    assert.equal(await count({ created: 1800000000 }), 1);
    assert.equal(await count({ created: { gt: 1800000000 } }), 1);
    assert.equal(await count({ created: { gte: 1800000000, lte: 1800000010 } }), 2);
  });

  test('tells its life in events', async () => {
    const stripe = sim.client();
    const { id } = await create(stripe);
    await submit(stripe, id, { outcome: 'requires_input' });
    await submit(stripe, id, { outcome: 'verified' });
    const name = (verb) => `identity.verification_session.${verb}`;
    assert.deepEqual(await eventTypes(stripe), [name('created'), name('processing'),
      name('requires_input'), name('processing'), name('verified')]);
  });

  test('its events hold no secrets', async () => {
    const stripe = sim.client();
    await create(stripe);
    const { data: [event] } = await stripe.events.list();
    assert.equal(JSON.stringify(event).includes('_secret_'), false);
  });

  test('a client secret lasts 24 hours', async () => {
    const stripe = sim.client();
    const session = await create(stripe);
    assert.equal((await sessionsOf(stripe).retrieve(session.id)).client_secret,
      session.client_secret);
    await sim.control('clock/advance', { seconds: DAY }, stripe);
    assert.notEqual((await sessionsOf(stripe).retrieve(session.id)).client_secret,
      session.client_secret);
  });
});

describe('identity.verificationReports', () => {
  const verified = async (stripe, params) => {
    const { id } = await create(stripe, params);
    await submit(stripe, id, { outcome: 'verified', data: { number: 'X1', id_number: '1234' } });
    return (await sessionsOf(stripe).retrieve(id)).last_verification_report;
  };

  test('retrieve', async () => {
    const stripe = sim.client();
    const id = await verified(stripe);
    const report = await stripe.identity.verificationReports.retrieve(id);
    assert.equal(report.object, 'identity.verification_report');
    assert.equal(report.type, 'document');
    assert.equal('number' in report.document, false);
  });

  test('retrieve expands the number', async () => {
    const stripe = sim.client();
    const id = await verified(stripe);
    const report = await stripe.identity.verificationReports.retrieve(id,
      { expand: ['document.number'] });
    assert.equal(report.document.number, 'X1');
  });

  test('list by session and type', async () => {
    const stripe = sim.client();
    await verified(stripe);
    const id = await verified(stripe, { type: 'id_number' });
    const { verificationReports } = stripe.identity;
    assert.equal((await verificationReports.list()).data.length, 2);
    const { data: [report] } = await verificationReports.list({ type: 'id_number' });
    assert.equal(report.id, id);
    const { data } = await verificationReports.list(
      { verification_session: report.verification_session });
    assert.deepEqual(data.map((one) => one.id), [id]);
  });

  test('an unknown one is a 404', async () => {
    const error = await failure(sim.client().identity.verificationReports.retrieve('vr_none'));
    assert.equal(error.message, "No such VerificationReport: 'vr_none'");
  });

  test('images of a document are files', async () => {
    const stripe = sim.client();
    const id = await verified(stripe);
    const report = await stripe.identity.verificationReports.retrieve(id);
    const file = await stripe.files.retrieve(report.document.files[0]);
    assert.equal(file.object, 'file');
    assert.ok(file.url.startsWith(sim.url));
    const response = await fetch(file.url, { headers: { Authorization: `Bearer ${stripe.key}` } });
    assert.equal(response.status, 200);
    assert.equal((await response.arrayBuffer()).byteLength, file.size);
  });
});
