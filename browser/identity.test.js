// The identity gate.

import { test } from 'node:test';
import { LOOKS, control, example, inspect, visitor } from './support.js';

const { url, simulator } = await example('identity');

for (const [look, options] of LOOKS) {
  test(`the way in and out, ${look}`, async () => {
    const page = await visitor(url, options);
    const press = (name) => page.getByRole('button', { name }).click();
    const turned = (path) => page.waitForURL(`${url}${path}`);

    await page.goto(`${url}/`);
    await turned('/verify');
    await inspect(page);
    await press('Verify me');
    await turned('/hosted');
    await inspect(page);
    await press('Document expired');
    await page.getByRole('alert').filter({ hasText: 'The document is expired.' }).waitFor();
    await inspect(page);
    await press('Try again');
    await press('Verified');
    await turned('/members/');
    await inspect(page);

    await page.goto(`${url}/members/deep/inside`);
    await page.getByRole('heading', { name: 'You are in' }).waitFor();
    await press('Erase');
    await turned('/verify');
    await page.goto(`${url}/members/`);
    await turned('/verify');
    await page.context().close();
  });
}

test('a page waits for the checks, and goes on by itself', async () => {
  const page = await visitor(url);
  await page.goto(`${url}/members/`);
  await page.getByRole('button', { name: 'Verify me' }).click();
  const id = await page.locator('footer code').textContent();
  await page.getByRole('button', { name: 'Still being checked' }).click();
  await page.getByText('Your document is being checked.').waitFor();
  await inspect(page);
  await control(simulator, `/identity/verification_sessions/${id}/submit`, { outcome: 'verified' });
  await page.waitForURL(`${url}/members/`);
  await inspect(page);
  await page.context().close();
});
