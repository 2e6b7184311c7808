import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeWith } from '@baton/testing/requirements';
import { describe } from '@jest/globals';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';
const shots = fileURLToPath(new URL('../test-results/', import.meta.url));

/** The screens that people have: a desk and a phone. */
export const screens = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
export type Screen = keyof typeof screens;

/** A suite that needs Chromium: skipped loudly where there is none, and a failure with CI=true. */
export function describeInBrowser(name: string, suite: () => void): void {
  const path = existsSync(executablePath) && executablePath;
  describeWith('browser tests', path, 'no Chromium; apt-get install chromium', () => describe(name, suite));
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of its own profile. Errors of the page are kept, so that a test can say there were none. */
export async function openPage(
  browser: Browser,
  url: string,
  screen: Screen = 'desk',
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({
    viewport: screens[screen],
    hasTouch: screen === 'phone',
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors };
}

/** The rows of the queue, apart from the options of form controls. */
export function leads(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Leads, hottest first' });
}

/** What axe finds against WCAG 2.2 A and AA and its best practices, each as `rule: element`. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source });
  return page.evaluate(async () => {
    const { axe: found } = window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    };
    const { violations } = await found.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html} (${failureSummary ?? ''})`),
    );
  });
}

/** Keeps how the page looks for people to see. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}${name}.png` });
}

/** Whether the page is wider than the screen: then a phone would scroll sideways. */
export function scrollsSideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
