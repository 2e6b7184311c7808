import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser, leads, openPage } from './browser.js';
import { type RecordedApi, startRecordedApi } from './recorded-api.js';

jest.setTimeout(60_000);

const assets = fileURLToPath(new URL('../test-results/site/assets/', import.meta.url));

describeInBrowser('speed', () => {
  let browser: Browser;
  let api: RecordedApi;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await api.close();
  });

  it('draws a handful of rows of 10,000 and says how long a step takes to paint', async () => {
    api = await startRecordedApi('full', 10_000);
    const { page } = await openPage(browser, api.url);
    await page.getByText('10,000 open').waitFor();
    expect(await leads(page).getByRole('option').count()).toBeLessThan(40);
    const steps = await page.evaluate(async () => {
      const place = (): string | null | undefined =>
        document.querySelector('[role=option][aria-selected=true]')?.getAttribute('aria-posinset');
      const painted = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const taken: number[] = [];
      for (let step = 2; step <= 31; step += 1) {
        const from = performance.now();
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' }));
        do await painted();
        while (place() !== String(step) && performance.now() - from < 5_000);
        taken.push(performance.now() - from);
      }
      return taken.sort((left, right) => left - right);
    });
    expect(await leads(page).getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('31');
    console.info(
      `10,000 rows: key to paint, median ${steps[15]?.toFixed(0)} ms, slowest of 30 ${steps.at(-1)?.toFixed(0)} ms (goal: under 100 ms)`,
    );
  });

  it('loads less than 200 kB for the first page', async () => {
    api = await startRecordedApi('full');
    const { page } = await openPage(browser, 'about:blank');
    const loaded = new Set<string>();
    page.on(
      'request',
      (request) =>
        request.url().includes('/assets/') && loaded.add(new URL(request.url()).pathname.split('/').at(-1) ?? ''),
    );
    await page.goto(api.url);
    await leads(page).getByRole('option', { selected: true }).waitFor();
    await page.evaluate(() => document.fonts.ready);
    const sizes = [...loaded].map((name) => ({
      name,
      bytes: name.endsWith('.woff2')
        ? readFileSync(assets + name).length
        : gzipSync(readFileSync(assets + name)).length,
    }));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    const font = sizes.filter(({ name }) => name.endsWith('.woff2')).reduce((sum, { bytes }) => sum + bytes, 0);
    console.info(
      `First page: ${(total / 1000).toFixed(0)} kB gzipped, ${(font / 1000).toFixed(0)} kB of it the typeface; ${readdirSync(assets).length} files built, ${loaded.size} loaded`,
    );
    expect(total).toBeLessThan(200_000);
  });
});
