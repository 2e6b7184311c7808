import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { describeInBrowser, launchBrowser, leads, openPage } from './browser.js';
import { type RecordedApi, startRecordedApi } from './recorded-api.js';

jest.setTimeout(60_000);

describeInBrowser('the other pages', () => {
  let browser: Browser;
  let api: RecordedApi;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    api = await startRecordedApi('full');
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await api.close();
  });

  it('asks for the admin token, says when it is wrong, and goes on to where one wanted to go', async () => {
    api.scenario = 'signed-out';
    const { page } = await openPage(browser, `${api.url}/funnel?by=source`);
    await page.getByLabel('Admin token').fill('not-it');
    await page.keyboard.press('Enter');
    await page.getByText('That token is not the one of this installation').waitFor();
    await page.getByLabel('Admin token').fill('the-admin-token');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'Paid search' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/funnel');
  });

  it('leaves no way back in after signing out', async () => {
    const { page } = await openPage(browser, api.url);
    await page.getByRole('button', { name: /Sign out/ }).click();
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in to Baton' }).waitFor();
  });

  it('accounts for every point of the score', async () => {
    const { page } = await openPage(browser, `${api.url}/leads/l-priya`);
    const engagement = page.getByRole('table', { name: 'Engagement: what they did' });
    await engagement.waitFor();
    const earned = await engagement.locator('tbody tr td:last-child').allTextContents();
    const sum = earned
      .map((text) => Number(text.replace('−', '-').replace('+', '')))
      .reduce((left, right) => left + right, 0);
    expect(sum).toBeCloseTo(47, 1);
    expect(await engagement.locator('tfoot td:last-child').textContent()).toBe('47');
    await page.getByText('lead.title is Director of Engineering').waitFor();
    await page.getByRole('img', { name: /Total score from 30 on .* to 97 now/ }).waitFor();
  });

  it('names the stage, the cycle, how the earlier one ended, and what is missing for the next', async () => {
    const { page } = await openPage(browser, `${api.url}/leads/l-priya`);
    await page.getByRole('list', { name: 'Stages of cycle 2' }).getByText('Accepted, here now').waitFor();
    await page.getByText('Cycle 1 ended in').waitFor();
    await page.getByText('Budget is not answered yet').waitFor();
    await page.getByRole('link', { name: 'Grace Yoon' }).click();
    await page.getByRole('heading', { level: 1, name: 'Grace Yoon' }).waitFor();
  });

  it('says of each stage change who made it, by which rule, and under which version', async () => {
    const { page } = await openPage(browser, `${api.url}/leads/l-priya`);
    const change = page.getByRole('listitem').filter({ hasText: 'Lead → MQL' });
    await change.getByText('by the playbook · rule two-high · starter version 3').waitFor();
    const aside = page.getByRole('listitem').filter({ hasText: 'Accepted → Nurture (bad-timing)' });
    await aside.getByText('by Ben Ode · starter version 2 · New fiscal year starts in April').waitFor();
  });

  it('filters the timeline', async () => {
    const { page } = await openPage(browser, `${api.url}/leads/l-priya`);
    await page.getByText('Viewed API reference').waitFor();
    await page.getByRole('radio', { name: 'Contact' }).click();
    await page.getByText('Call: connected').waitFor();
    expect(await page.getByText('Viewed API reference').count()).toBe(0);
  });

  it('says that a lead does not exist instead of showing an empty one', async () => {
    const { page } = await openPage(browser, `${api.url}/leads/nobody`);
    await page.getByRole('heading', { name: 'There is no lead at this address' }).waitFor();
  });

  it('shows each rate with numerator, denominator, interval, band and what to check', async () => {
    const { page } = await openPage(browser, `${api.url}/funnel`);
    const toSql = page.getByRole('region', { name: 'Stages' }).getByRole('listitem').filter({ hasText: 'to SQL' });
    await toSql.getByText('18.7 %').waitFor();
    await toSql.getByText('400 of 2,144').waitFor();
    await toSql.getByText('17.1 to 20.4 %').waitFor();
    await toSql.getByText('Watch', { exact: true }).waitFor();
    await toSql.getByText('MQL and SQL are drifting apart').waitFor();
    const toCustomer = page
      .getByRole('region', { name: 'Stages' })
      .getByRole('listitem')
      .filter({ hasText: 'to Customer' });
    await toCustomer.getByText('Too early to judge').waitFor();
    await toCustomer.getByText('71.0 % have had their time').waitFor();
  });

  it('compares campaigns by an address that can be shared', async () => {
    const { page } = await openPage(browser, `${api.url}/funnel`);
    await page.getByRole('radio', { name: 'Campaign' }).click();
    await page.getByRole('rowheader', { name: 'lead-routing-search' }).waitFor();
    expect(new URL(page.url()).searchParams.get('by')).toBe('campaign');
  });

  it('ticks off what arrives, with the real write key in every snippet', async () => {
    api.scenario = 'empty';
    const { page } = await openPage(browser, `${api.url}/start`);
    await page.getByText('Listening for the first event').waitFor();
    expect(await page.getByLabel('Code: On your website').textContent()).toContain('wk_7f3kq29x4mzr');
    expect(await page.getByLabel('Code: From a terminal').textContent()).toContain('wk_7f3kq29x4mzr');
    api.scenario = 'full';
    await page.getByText('4 of 5').waitFor();
    await page.getByText('A lead, arrived').waitFor();
  });

  it('recovers from a failure by the button that it offers', async () => {
    api.scenario = 'failing';
    const { page } = await openPage(browser, api.url);
    await page.getByText('The read model is catching up').waitFor();
    api.scenario = 'full';
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await leads(page).getByRole('option').filter({ hasText: 'Maya Lindqvist' }).waitFor();
  });

  it('finds a lead that is not in the queue with the palette', async () => {
    const { page } = await openPage(browser, api.url);
    await leads(page).getByRole('option').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Find a lead').fill('owen');
    await page.getByRole('option', { name: /Owen Baker/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Owen Baker' }).waitFor();
  });
});
