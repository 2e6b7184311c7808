import { allRoutes } from '@baton/contracts/http/all-routes';
import { route } from '@baton/contracts/http/route';
import { openApiDocument } from '@baton/contracts/openapi';
import { type TestRun, runForTest } from '@baton/testing/run-service';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { documentationPage } from '../src/documentation/documentation-page.js';
import { documentationTokens } from '../src/documentation/documentation-style.js';
import { noting } from './toy-services.js';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';

let run: TestRun;
beforeAll(async () => {
  run = await runForTest([noting]);
}, 30_000);
afterAll(() => run?.stop());

const docs = (accept?: string) => fetch(`${run.url}/docs`, accept === undefined ? {} : { headers: { accept } });

describe('GET /docs', () => {
  it('answers a browser with a page that has every call of the interface', async () => {
    const response = await docs(browser);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const page = await response.text();
    for (const { method, path } of allRoutes) {
      expect(page).toContain(`<span class="method">${method}</span> <code>${path}</code>`);
    }
  });

  it.each([
    ['what fetch asks for', undefined],
    ['anything', '*/*'],
    ['JSON', 'application/json'],
    ['JSON before a page', 'application/json, text/html;q=0.5'],
    ['a page with no weight', 'text/html;q=0, */*'],
  ])('answers %s with the OpenAPI document', async (_what, accept) => {
    const response = await docs(accept);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('tells caches that the answer depends on who asks', async () => {
    for (const accept of [browser, 'application/json']) expect((await docs(accept)).headers.get('vary')).toBe('accept');
  });

  it('has the document at an address of its own, whoever asks', async () => {
    const response = await fetch(`${run.url}/docs/openapi.json`, { headers: { accept: browser } });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual(await (await docs('application/json')).json());
  });

  it('loads nothing from anywhere and runs no script: the policy allows one style sheet, by its content', async () => {
    const response = await docs(browser);
    const page = await response.text();
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(page).not.toMatch(/<script| style=| on\w+=|(src|href)="(https?:)?\/\//);
  });

  it('leads every link of the page to a place that is there', async () => {
    const page = await (await docs(browser)).text();
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(allRoutes.length);
    expect(links.filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('the page of a document', () => {
  const saying = (changes: object) =>
    documentationPage(
      openApiDocument([
        route({
          service: 'routing',
          method: 'POST',
          path: '/api/owls/{id}',
          summary: 'Send an owl',
          access: ['rep'],
          ...changes,
        }),
      ]),
    );

  it('shows words as they are written, whatever they look like', () => {
    const page = saying({ summary: '<img src=x onerror="alert(1)"> & more' });
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; more');
    expect(page).not.toContain('<img');
  });

  it('says of each value what it may be, whether it must be there, its limits and its meaning', () => {
    const page = saying({
      query: Type.Object({
        limit: Type.Integer({ default: 50, maximum: 200 }),
        after: Type.String({ description: 'token of a command', pattern: '^x' }),
      }),
      body: Type.Object({
        to: Type.Union([Type.Literal('mql'), Type.Literal('sql')]),
        notes: Type.Optional(Type.Array(Type.Object({ text: Type.String() }), { maxItems: 3 })),
        when: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
      }),
    });
    const text = textOf(page);
    expect(text).toContain('limit integer up to 200, default 50');
    expect(text).toContain('after string required matches ^x token of a command');
    expect(text).toContain('to "mql" or "sql" required');
    expect(text).toContain('notes list of object items at most 3 Fields of notes text string required');
    expect(text).toContain('when string (date-time) or null required');
  });

  it('says who may call', () => {
    expect(textOf(saying({}))).toContain('With secretKey or session. Roles: rep.');
    expect(textOf(saying({ access: 'public' }))).toContain('Open to everybody.');
    expect(textOf(saying({ access: 'write-key' }))).toContain('With writeKey.');
  });

  it('has the fields of each alternative and of values by name', () => {
    const page = saying({
      response: Type.Object({
        by: Type.Record(Type.String(), Type.Object({ count: Type.Integer() })),
        either: Type.Union([Type.Object({ one: Type.String() }), Type.Object({ two: Type.String() })]),
      }),
    });
    expect(textOf(page)).toContain('by object of object by name required Fields of by count integer required');
    expect(textOf(page)).toContain('Fields of either either one string required or two string required');
  });
});

it('has the console’s colours and sizes', () => {
  const tokens = readFileSync(new URL('../../../apps/console/src/look/tokens.css', import.meta.url), 'utf8');
  for (const [name, value] of Object.entries(documentationTokens)) expect(tokens).toContain(`--${name}: ${value};`);
});

/** What a person reads: the page without its tags. */
function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ')
    .replaceAll(' .', '.');
}
