import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, launchBrowser, leads, openPage } from './browser.js';
import { type RecordedApi, startRecordedApi } from './recorded-api.js';

jest.setTimeout(60_000);

describeInBrowser('working the queue', () => {
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
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
  });

  const selected = (): Promise<string | null> =>
    leads(page).getByRole('option', { selected: true }).locator('strong').textContent();
  const handoffOf = (name: string) => page.getByRole('article', { name: `Handoff of ${name}` });

  it('opens on the hottest lead with its handoff beside it', async () => {
    expect(await selected()).toBe('Maya Lindqvist');
    await handoffOf('Maya Lindqvist').getByText('We lose half of our inbound').waitFor();
    await handoffOf('Maya Lindqvist').getByText('left for the first touch').waitFor();
  });

  it('moves with j and k and opens the lead with Enter', async () => {
    await page.keyboard.press('j');
    await handoffOf('Tomas Brandt').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await handoffOf('Tomas Brandt').waitFor();
    expect(await selected()).toBe('Tomas Brandt');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/leads/l-tomas');
    await page.getByRole('heading', { level: 1, name: 'Tomas Brandt' }).waitFor();
  });

  it('accepts with a, says so, and names the command in the reads that follow', async () => {
    await page.keyboard.press('a');
    await page.getByText('You accepted Maya Lindqvist').waitFor();
    expect(api.commands).toEqual([{ method: 'POST', path: '/api/leads/l-maya/stage', body: { to: 'accepted' } }]);
    await leads(page).getByRole('option', { selected: true }).getByText('Accepted').waitFor();
    await api.heard(() => api.afters.includes('position-1'));
  });

  it('takes an acceptance back with z within ten seconds', async () => {
    await page.keyboard.press('a');
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.keyboard.press('z');
    await page.getByText('Taken back').waitFor();
    expect(api.commands.at(-1)?.path).toBe('/api/leads/l-maya/undo');
    await leads(page).getByRole('option', { selected: true }).getByText('MQL').waitFor();
  });

  it('takes back what was shown as accepted when the server refuses, in its words', async () => {
    api.refuseNext = {
      status: 409,
      title: 'Not possible now',
      detail: 'Somebody else has accepted this lead.',
      possible: ['sql', 'nurture'],
    };
    await page.keyboard.press('a');
    await page.getByRole('alert').getByText('Somebody else has accepted this lead.').waitFor();
    await leads(page).getByRole('option', { selected: true }).getByText('MQL').waitFor();
  });

  it('puts a lead aside with two keys and Enter, and brings up the next', async () => {
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: 'Recycle Maya Lindqvist' }).getByText('No budget yet').waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await page.getByText('Maya Lindqvist is now in nurture').waitFor();
    expect(api.commands).toMatchObject([
      { path: '/api/leads/l-maya/stage', body: { to: 'nurture', reason: 'no-budget' } },
    ]);
    await handoffOf('Tomas Brandt').waitFor();
    await leads(page).getByRole('option').filter({ hasText: 'Maya Lindqvist' }).waitFor({ state: 'detached' });
  });

  it('brings a recycled lead back when the move is taken back', async () => {
    await page.keyboard.press('r');
    await page.getByRole('dialog').getByText('Went cold').waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Undo' }).click();
    await leads(page).getByRole('option').filter({ hasText: 'Maya Lindqvist' }).waitFor();
  });

  it('does not disqualify without a reason', async () => {
    await page.keyboard.press('d');
    const dialog = page.getByRole('dialog', { name: 'Disqualify Maya Lindqvist' });
    await dialog.getByRole('button', { name: 'Disqualify' }).click();
    await dialog.getByRole('alert').getByText('Choose a reason').waitFor();
    expect(api.commands).toEqual([]);
  });

  it('says before a call is logged whether it stops the clock, and sends its outcome', async () => {
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'Log a call with Maya Lindqvist' });
    await dialog.getByText('A touch: stops the clock').waitFor();
    await page.keyboard.press('2');
    await dialog.getByLabel('Note').fill('Will call again at three');
    await dialog.getByRole('button', { name: 'Log call' }).click();
    await page.getByText('Attempt to reach Maya Lindqvist recorded').waitFor();
    expect(api.commands[0]).toMatchObject({
      path: '/api/leads/l-maya/activities',
      body: { kind: 'call', direction: 'outbound', outcome: 'voicemail', note: 'Will call again at three' },
    });
  });

  it('qualifies with the checklist: what the lead said is filled in, what is required is asked', async () => {
    await page.keyboard.press('q');
    const dialog = page.getByRole('dialog', { name: 'Qualify Maya Lindqvist as SQL' });
    expect(await dialog.getByLabel(/What problem are they solving/).inputValue()).toBe(
      'Leads from paid campaigns wait a day before anyone calls',
    );
    await dialog.getByRole('button', { name: 'Qualify' }).click();
    await dialog.getByText('Needed before this lead can be an SQL.').waitFor();
    expect(api.commands).toEqual([]);
    await dialog.getByLabel(/When do they want to decide/).fill('45');
    await dialog.getByText('All required answers are here').waitFor();
    await dialog.getByRole('button', { name: 'Qualify' }).click();
    await page.getByText('Maya Lindqvist is an SQL now').waitFor();
    expect(api.commands[0]?.body).toEqual({ to: 'sql', answers: { timelineDays: 45 } });
  });

  it('keeps what was typed when the server refuses or the dialog is closed', async () => {
    await page.keyboard.press('q');
    const days = page.getByLabel(/When do they want to decide/);
    await days.fill('200');
    api.refuseNext = {
      status: 422,
      title: 'Answers are missing',
      detail: 'The entry rule does not hold.',
      errors: [{ path: 'answers.timelineDays', message: 'Must be at most 180 days.' }],
    };
    await page.getByRole('button', { name: 'Qualify', exact: true }).last().click();
    await page.getByRole('dialog').getByText('Nothing you typed is lost.').waitFor();
    expect(await page.getByText('Must be at most 180 days.').count()).toBe(2);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('q');
    expect(await days.inputValue()).toBe('200');
  });

  it('opens a deal for an SQL with its amount and closing date', async () => {
    await leads(page).getByRole('option').filter({ hasText: 'Inês Carvalho' }).click();
    await page.getByRole('button', { name: 'Open deal' }).click();
    const dialog = page.getByRole('dialog', { name: 'Open a deal with Inês Carvalho' });
    await dialog.getByLabel('Amount').fill('42000');
    await dialog.getByLabel('Should close by').fill('2027-03-31');
    await dialog.getByRole('button', { name: 'Open deal' }).click();
    await page.getByText('Inês Carvalho is an opportunity now').waitFor();
    expect(api.commands).toMatchObject([
      { path: '/api/leads/l-ines/stage', body: { to: 'opportunity', amount: 42_000, closeDate: '2027-03-31' } },
    ]);
  });

  it('gives a lead to somebody else, and back', async () => {
    await page.keyboard.press('o');
    const dialog = page.getByRole('dialog', { name: 'Reassign Maya Lindqvist' });
    await dialog.getByText('On leave today').waitFor();
    await dialog.getByLabel('Ben Ode').check();
    await dialog.getByRole('button', { name: 'Reassign' }).click();
    await page.getByText('Maya Lindqvist now belongs to Ben Ode').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await api.heard(() => api.commands.length === 2);
    expect(api.commands.map(({ body }) => (body as { to: string }).to)).toEqual(['rep:ben', 'rep:ana']);
  });

  it('searches with / and leaves the search with Escape', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('cobalt');
    await leads(page).getByRole('option').filter({ hasText: 'Tomas Brandt' }).waitFor({ state: 'detached' });
    expect(await leads(page).getByRole('option').filter({ hasText: 'Priya Raman' }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  });

  it('rests single keys when somebody switched them off', async () => {
    await page.keyboard.press('?');
    await page.getByLabel('Single-letter keys act on this device').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('d');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  it('shows one owner’s work by an address that can be shared', async () => {
    await page.getByLabel('Whose work').selectOption({ label: 'Ben Ode' });
    await page.waitForURL('**/?owner=rep*');
    await leads(page).getByRole('option').filter({ hasText: 'Maya Lindqvist' }).waitFor({ state: 'detached' });
    await page.reload();
    await leads(page).getByRole('option').filter({ hasText: 'Priya Raman' }).waitFor();
    expect(await leads(page).getByRole('option').filter({ hasText: 'Maya Lindqvist' }).count()).toBe(0);
  });
});
