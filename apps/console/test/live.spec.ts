import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, launchBrowser, leads, openPage } from './browser.js';
import { type RecordedApi, startRecordedApi } from './recorded-api.js';

jest.setTimeout(60_000);

describeInBrowser('live changes', () => {
  let browser: Browser;
  let api: RecordedApi;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    api = await startRecordedApi('full');
    ({ page } = await openPage(browser, api.url));
    await leads(page).getByRole('option', { selected: true }).waitFor();
    await api.listening();
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
  });

  const names = (): Promise<string[]> => leads(page).getByRole('option').locator('strong').allTextContents();
  const row = (name: string) => leads(page).getByRole('option').filter({ hasText: name });
  const push = (lead: string): void => api.push('stage', { lead, at: new Date().toISOString() });

  it('shows what changed and marks it for two seconds', async () => {
    const tomas = api.queue.find(({ lead }) => lead.id === 'l-tomas')!;
    tomas.stage = 'accepted';
    push('l-tomas');
    await row('Tomas Brandt').getByText('Accepted').waitFor();
    const marked = page.locator('[role=option][class*=changed]');
    await marked.waitFor();
    expect(await marked.locator('strong').textContent()).toBe('Tomas Brandt');
    await marked.waitFor({ state: 'detached' });
  });

  it('does not move the selected row when hotter leads come in', async () => {
    const [hottest] = api.queue;
    api.queue = [api.queue.at(-1)!, ...api.queue.slice(0, -1)];
    push('l-henrik');
    await page.waitForFunction(
      () => document.querySelectorAll('[role=option] strong')[1]?.textContent === 'Henrik Aas',
    );
    expect((await names())[0]).toBe(hottest!.lead.name);
  });

  it('does not move the row under the pointer, and lets it go when the pointer leaves', async () => {
    await row('Jonas Okafor').hover();
    const before = await row('Jonas Okafor').boundingBox();
    api.queue = api.queue.toReversed();
    push('l-henrik');
    await page.waitForFunction(
      () => document.querySelectorAll('[role=option] strong')[1]?.textContent === 'Henrik Aas',
    );
    expect(await row('Jonas Okafor').boundingBox()).toEqual(before);
    await page.mouse.move(1200, 700);
    await page.waitForFunction(
      () => document.querySelectorAll('[role=option] strong')[8]?.textContent === 'Jonas Okafor',
    );
  });

  it('keeps a row that left the queue while somebody was on it, and says so', async () => {
    api.queue = api.queue.slice(1);
    push('l-maya');
    await row('Maya Lindqvist').getByText('No longer in the queue').waitFor();
    expect((await names())[0]).toBe('Maya Lindqvist');
    await page.keyboard.press('j');
    await row('Maya Lindqvist').waitFor({ state: 'detached' });
  });

  it('says when the connection is lost, and catches up by itself when it is back', async () => {
    api.cut(true);
    await page.getByText('Connection lost.').waitFor();
    api.queue.find(({ lead }) => lead.id === 'l-tomas')!.stage = 'accepted';
    api.heal();
    await page.getByText('Connection lost.').waitFor({ state: 'detached', timeout: 30_000 });
    await row('Tomas Brandt').getByText('Accepted').waitFor();
  });
});
