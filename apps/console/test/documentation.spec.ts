import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allRoutes } from '@baton/contracts/http/all-routes';
import { openApiDocument } from '@baton/contracts/openapi';
import { documentationHeaders, documentationPage } from '@baton/service-kit/documentation/documentation-page';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import {
  axeFindings,
  describeInBrowser,
  launchBrowser,
  openPage,
  screens,
  screenshot,
  scrollsSideways,
  type Screen,
} from './browser.js';

describeInBrowser('the documentation page', () => {
  let server: Server;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    const page = documentationPage(openApiDocument(allRoutes));
    server = createServer((_request, response) => response.writeHead(200, documentationHeaders).end(page));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/docs`;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each(Object.keys(screens) as Screen[])('fits a %s, light and dark, and axe finds nothing', async (screen) => {
    // The policy of the page lets no script in, axe's neither.
    const { page, errors } = await openPage(browser, url, screen, { bypassCSP: true });
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await screenshot(page, `documentation-${screen}-${theme}`);
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      expect({ theme, findings: await axeFindings(page) }).toEqual({ theme, findings: [] });
    }
    expect(await scrollsSideways(page)).toBe(false);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('is styled under its own policy, and leads from the list of calls to a call', async () => {
    const { page } = await openPage(browser, url);
    const calls = page.getByRole('navigation', { name: 'Calls by service' });
    await calls.getByText('qualification').click();
    await calls.getByRole('link', { name: 'POST /api/leads/{id}/stage' }).click();
    const heading = page.getByRole('heading', { name: 'POST /api/leads/{id}/stage' });
    await heading.waitFor();
    expect(new URL(page.url()).hash).toBe('#postApiLeadsIdStage');
    const shown = await heading.evaluate((element) => element.getBoundingClientRect().top < window.innerHeight);
    const styled = await page.evaluate(() => getComputedStyle(document.body).display);
    expect([shown, styled]).toEqual([true, 'grid']);
    await page.context().close();
  });
});
