import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { topics } from '@baton/contracts/topics';
import { describeWith } from '@baton/testing/requirements';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { existsSync, readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Browser, type Page, chromium } from 'playwright-core';
import { ingest } from '../src/service.js';

const executablePath = '/usr/bin/chromium';
/** A person's: the headless browser names itself, and machines become no leads. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Told {
  readonly anonymousId: string;
  readonly type: string;
  readonly name?: string;
  readonly page?: { readonly path: string };
}

describeWith(
  'browser tests of the snippet',
  existsSync(executablePath),
  'no Chromium; apt-get install chromium',
  () => {
    let run: TestRun;
    let site: Server;
    let browser: Browser;
    let page: Page;
    let attributes = '';

    beforeAll(async () => {
      run = await runForTest([ingest]);
      site = createServer((_request, response) => {
        const snippet = `<script async src="${run.url}/baton.js" data-write-key="${run.settings.writeKey}" ${attributes}></script>`;
        const form =
          '<form data-baton-form="demo" method="post" action="/thanks"><input name="email"><input name="password" type="password"><button>Send</button></form>';
        const queued = `<script>(window.baton = window.baton || []).push(['track', 'Queued', { early: true }])</script>`;
        response.setHeader('content-type', 'text/html').end(`<title>Shop</title>${queued}${snippet}${form}`);
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      browser = await chromium.launch({ executablePath, args });
    }, 60_000);
    afterAll(async () => {
      await browser.close();
      site.closeAllConnections();
      site.close();
      await run.stop();
    });
    beforeEach(async () => {
      attributes = '';
      page = await (await browser.newContext({ userAgent })).newPage();
    });

    const open = (path: string) => page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}${path}`);

    /** What the browser of this test has sent, once it is as many events as expected. */
    async function told(expected: number): Promise<Told[]> {
      for (;;) {
        const id = await page.evaluate(() => JSON.parse(localStorage.getItem('baton.id') ?? 'null') as string | null);
        const records = await readTopic(run.databaseUrl, topics.visitorEvents);
        const own = records
          .map(({ envelope }) => (envelope.data as { event: Told }).event)
          .filter((event) => id !== null && event.anonymousId === id);
        if (own.length >= expected) return own;
      }
    }

    it('sends the first page and what was queued before it loaded, from another origin', async () => {
      await open('/pricing?utm_campaign=spring');
      const events = await told(2);
      expect(events.map(({ type, name }) => name ?? type).toSorted()).toEqual(['Queued', 'page']);
      expect(events[0]).toMatchObject({ page: { path: '/pricing' }, campaign: { name: 'spring' } });
    }, 30_000);

    it('makes a lead of who fills a form, with the pages before it, and keeps passwords to the page', async () => {
      await open('/docs');
      await told(2);
      await page.fill('[name=email]', 'kim@acme.io');
      await page.fill('[name=password]', 'secret');
      await page.click('button');
      await page.waitForURL('**/thanks**');
      await told(5);
      await run.settled();
      const facts = (await readTopic(run.databaseUrl, topics.leadEvents)).map(({ envelope }) => envelope);
      const lead = facts.find(({ data }) => (data as { email?: string }).email === 'kim@acme.io')?.subject;
      const paths = facts
        .filter(({ subject }) => subject === lead)
        .map(({ data }) => (data as { event?: { page?: { path: string } } }).event?.page?.path);
      expect(paths).toContain('/docs');
      expect(JSON.stringify(await readTopic(run.databaseUrl, topics.visitorEvents))).not.toContain('secret');
    }, 30_000);

    it('sends and stores nothing before consent where that is required', async () => {
      attributes = 'data-consent="required"';
      await open('/private');
      await page.waitForFunction('!Array.isArray(window.baton)');
      expect(await page.evaluate(() => localStorage.getItem('baton.id'))).toBeNull();
      await page.evaluate('baton.consent(true)');
      expect((await told(1)).map(({ type }) => type)).toEqual(['page']);
      await page.evaluate('baton.consent(false)');
      expect(await page.evaluate(() => localStorage.getItem('baton.id'))).toBeNull();
    }, 30_000);

    it('is below 5 kB gzipped', () => {
      expect(gzipSync(readFileSync(new URL('../assets/baton.js', import.meta.url))).length).toBeLessThan(5 * 1024);
    });
  },
);
