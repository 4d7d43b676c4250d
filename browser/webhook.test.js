// The webhook receiver.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOOKS, example, inspect, visitor } from './support.js';

for (const [look, options] of LOOKS) {
  test(`deliveries, ${look}`, async () => {
    const { url } = await example('webhook');
    const page = await visitor(url, options);
    await page.goto(`${url}/`);
    await page.getByText('Nothing has come yet.').waitFor();
    await inspect(page);

    const press = (name) => page.getByRole('button', { name, exact: true }).click();
    const row = (n) => page.locator('#arrivals tbody tr').nth(n);
    const shows = (...texts) => texts.reduce(
      (found, hasText) => found.filter({ hasText }), row(0)).waitFor();

    await page.getByLabel('Event').selectOption('climate.order.delivered');
    await press('Send');
    await shows('climate.order.delivered', 'committed', '200');
    await press('Send twice');
    await shows('duplicate', '200');
    await press('Send, and fail');
    await shows('failed', '500');
    const id = await row(0).locator('code').textContent();
    await press('Forge');
    await shows('not verified', 'refused', '400');
    await press('Five minutes pass');
    await shows(id, 'committed', '200');
    assert.equal(await row(0).locator('td').nth(3).textContent(), '2');
    assert.equal(await page.locator('#arrivals tbody tr').count(), 6);
    await inspect(page);

    await page.getByRole('link', { name: 'Metrics' }).click();
    await page.getByText('stripe_webhook_events_total{type="climate.order.delivered",result="committed"} 3').waitFor();
    await page.context().close();
  });
}
