// The onramp checkout.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, control, example, inspect, visitor } from './support.js';

const { url, simulator } = await example('onramp');
const WALLET = '0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2';
const STEPS = ['requires payment', 'fulfillment processing', 'fulfillment complete'];
const status = (page, hasText) => page.locator('#status', { hasText }).waitFor();

for (const [look, options] of LOOKS) {
  test(`a purchase, ${look}`, async () => {
    const page = await visitor(url, options);
    await page.goto(`${url}/`);
    await page.locator('.price', { hasText: '0.02913396 ETH' }).first().waitFor();
    await inspect(page);

    await page.getByLabel('You spend').fill('50');
    await page.locator('.price', { hasText: '0.01456698 ETH' }).first().waitFor();
    await page.getByRole('radio', { name: 'ETH on Base' }).check();
    await page.getByLabel('Wallet address').fill('nonsense');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').filter({ hasText: 'Invalid wallet address' }).waitFor();
    assert.equal(await page.getByLabel('You spend').inputValue(), '50');
    assert.ok(await page.getByRole('radio', { name: 'ETH on Base' }).isChecked());
    await page.locator('.price', { hasText: '0.01456698 ETH' }).first().waitFor();
    await inspect(page);

    await page.getByLabel('Wallet address').fill(WALLET);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${url}/session`);
    await status(page, 'initialized');
    for (const [i, name] of ['Check identity', 'Pay', 'Deliver'].entries()) {
      const button = page.getByRole('button', { name });
      await button.click();
      await status(page, STEPS[i]);
      assert.ok(await button.isDisabled());
      await inspect(page);
    }
    assert.match(await page.locator('[data-field=transaction_id]').textContent(), /^0x[0-9a-f]{64}$/);
    assert.equal(await page.locator('[data-field=wallet_address]').textContent(), WALLET);
    await page.getByText("For Stripe's own widget").click();
    await page.getByText(/^cos_\w+_secret_\w+$/).waitFor();
    await inspect(page);
    await page.context().close();
  });
}

test('a page follows what happens elsewhere, without asking', async () => {
  const page = await visitor(url);
  await page.goto(`${url}/`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await status(page, 'initialized');
  const id = await page.locator('#session').textContent();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  for (const name of STEPS) {
    await control(simulator, `/crypto/onramp_sessions/${id}/move`,
      { status: name.replaceAll(' ', '_') });
    await status(page, name);
  }
  assert.deepEqual(asked, []);
  await inspect(page);
  await page.context().close();
});

test('a page asks where nothing can be pushed', async () => {
  const page = await visitor(url);
  await page.route('**/updates', (route) => route.fulfill({ status: 204 }));
  await page.goto(`${url}/`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await status(page, 'initialized');
  await page.getByRole('button', { name: 'Reject' }).click();
  await status(page, 'rejected');
  await page.getByRole('alert').waitFor();
  await inspect(page);
  await page.context().close();
});

test('a purchase without scripts', async () => {
  const page = await visitor(url, { javaScriptEnabled: false });
  await page.goto(`${url}/`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await status(page, 'initialized');
  for (const [i, name] of ['Check identity', 'Pay', 'Deliver'].entries()) {
    await page.getByRole('button', { name }).click();
    await status(page, STEPS[i].replace(' ', '_'));
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
