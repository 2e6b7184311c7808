import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
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
import { type RecordedApi, type Scenario, startRecordedApi } from './recorded-api.js';

/** Every page in every state, on a desk and on a phone, light and dark: fits, is read by machines, and is kept as a picture. */

interface Place {
  name: string;
  path: string;
  /** What says that the page is there, in each scenario. */
  ready: Partial<Record<Scenario, string>>;
}

const places: readonly Place[] = [
  {
    name: 'queue',
    path: '/',
    ready: { full: 'Maya Lindqvist', empty: 'Nothing has arrived yet', failing: 'The queue did not load' },
  },
  { name: 'handoff', path: '/?lead=l-maya', ready: { full: 'What they told us' } },
  { name: 'lead', path: '/leads/l-priya', ready: { full: 'Timeline', failing: 'This lead did not load' } },
  {
    name: 'funnel',
    path: '/funnel',
    ready: { full: 'Opportunity', empty: 'No lead came in', failing: 'The funnel did not load' },
  },
  { name: 'funnel-by-campaign', path: '/funnel?by=campaign', ready: { full: 'dach-manufacturing' } },
  {
    name: 'start',
    path: '/start',
    ready: { full: 'Baton is receiving leads', empty: 'Send Baton its first event', failing: 'Your keys did not load' },
  },
  { name: 'sign-in', path: '/sign-in', ready: { full: 'Sign in to Baton' } },
];

jest.setTimeout(60_000);

describeInBrowser('the look of every page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  describe.each(['full', 'empty', 'failing'] as const)('of a %s installation', (scenario) => {
    let api: RecordedApi;
    beforeAll(async () => {
      api = await startRecordedApi(scenario);
    });
    afterAll(() => api.close());

    const cases = places
      .filter(({ ready }) => ready[scenario])
      .flatMap((place) => (Object.keys(screens) as Screen[]).map((screen) => ({ ...place, screen })));

    it.each(cases)(
      '$name fits a $screen, light and dark, and axe finds nothing',
      async ({ name, path, ready, screen }) => {
        const { page, errors } = await openPage(browser, api.url + path, screen);
        await page
          .getByText(ready[scenario] ?? '')
          .first()
          .waitFor();
        await expectGoodLook(page, `${name}-${scenario}-${screen}`);
        expect(errors).toEqual([]);
        await page.context().close();
      },
    );
  });

  describe('of the dialogs', () => {
    let api: RecordedApi;
    beforeAll(async () => {
      api = await startRecordedApi('full');
    });
    afterAll(() => api.close());

    const dialogs = [
      { key: 'q', name: 'qualify' },
      { key: 'r', name: 'recycle' },
      { key: 'd', name: 'disqualify' },
      { key: 'c', name: 'log-call' },
      { key: 'o', name: 'reassign' },
      { key: '?', name: 'keys' },
      { key: 'Control+k', name: 'palette' },
    ];
    const cases = dialogs.flatMap((dialog) =>
      (Object.keys(screens) as Screen[]).map((screen) => ({ ...dialog, screen })),
    );

    it.each(cases)('$name fits a $screen, light and dark, and axe finds nothing', async ({ key, name, screen }) => {
      const { page, errors } = await openPage(browser, `${api.url}/?lead=l-maya`, screen);
      await page.getByText('What they told us').first().waitFor();
      await page.keyboard.press(key);
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await dialog.locator('input, textarea').first().waitFor();
      await expectGoodLook(page, `dialog-${name}-${screen}`);
      expect(errors).toEqual([]);
      await page.context().close();
    });
  });
});

async function expectGoodLook(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await settled(page);
    await screenshot(page, `${name}-${theme}`);
    expect({ theme, findings: await axeFindings(page) }).toEqual({ theme, findings: [] });
  }
  expect(await scrollsSideways(page)).toBe(false);
}

/** Fonts are loaded and the pictures of the page have come to rest; the end of one may be the begin of another. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.evaluate(async () => {
    await document.fonts.ready;
    const moving = () =>
      document
        .getAnimations()
        .filter(
          ({ effect, playState }) => playState !== 'finished' && effect?.getComputedTiming().endTime !== Infinity,
        );
    for (let animations = moving(); animations.length > 0; animations = moving())
      await Promise.all(animations.map((animation) => animation.finished.catch(() => undefined)));
  });
}
