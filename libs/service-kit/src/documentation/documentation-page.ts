import type { OpenApiDocument, Operation } from '@baton/contracts/openapi';
import { createHash } from 'node:crypto';
import { documentationStyle } from './documentation-style.js';
import { Html, html } from './html.js';
import { type Schema, field, fieldsOf, kindOf, limitsOf } from './schema-words.js';

const style = documentationStyle();
/** Made apart: the policy allows these very characters, and a formatter would add to them. */
const styleElement = new Html(`<style>${style}</style>`);
const styleHash = createHash('sha256').update(style).digest('base64');

/** The page loads nothing but the icon, and runs no script; its one style sheet is allowed by its content. */
export const documentationHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** The document as a page for people: every call by service, what it takes, what it answers and who may make it. */
export function documentationPage(document: OpenApiDocument): string {
  const { info, tags, components } = document;
  const calls = callsOf(document);
  const groups = tags.map((tag) => ({
    ...tag,
    calls: calls.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/baton.svg" type="image/svg+xml" />
        <title>${info.title}: HTTP interface</title>
        ${styleElement}
      </head>
      <body>
        <a class="skip" href="#calls">Skip to the calls</a>
        <header>
          <h1>${info.title}: HTTP interface</h1>
          <p>${info.description} Version ${info.version}, as <a href="/docs/openapi.json">OpenAPI document</a>.</p>
        </header>
        <nav aria-label="Calls by service">${groups.map(contents)}</nav>
        <main id="calls" tabindex="-1">
          ${access(components.securitySchemes)} ${groups.map(group)}
          ${Object.entries(components.schemas).map(([name, schema]) => component(name, schema))}
        </main>
      </body>
    </html>`;
  return page.text;
}

function callsOf({ paths }: OpenApiDocument): readonly Call[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

interface Group {
  readonly name: string;
  readonly description: string;
  readonly calls: readonly Call[];
}

function titleOf(name: string): string {
  return name === 'every' ? 'every process' : name;
}

function contents({ name, calls }: Group): Html {
  return html`<details>
    <summary>${titleOf(name)}</summary>
    <ul>
      ${calls.map(
        ({ method, path, operation }) =>
          html`<li>
            <a href="#${operation.operationId}"><span class="method">${method}</span> ${path}</a>
          </li>`,
      )}
    </ul>
  </details>`;
}

function access(schemes: OpenApiDocument['components']['securitySchemes']): Html {
  return html`<section aria-labelledby="access">
    <h2 id="access">Access</h2>
    <ul class="fields">
      ${Object.entries(schemes).map(
        ([name, { type, description }]) =>
          html`<li id="access-${name}">
            <code>${name}</code> <span class="kind">${type}</span>
            <p>${description}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}

function group({ name, description, calls }: Group): Html {
  return html`<section aria-labelledby="service-${name}">
    <h2 id="service-${name}">${titleOf(name)}</h2>
    <p>${description}.</p>
    ${calls.map(callArticle)}
  </section>`;
}

function callArticle({ path, method, operation }: Call): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<article aria-labelledby="${operationId}">
    <h3 id="${operationId}"><span class="method">${method}</span> <code>${path}</code></h3>
    <p>${summary}.</p>
    <p class="kind">${securityWords(operation)} ${description}</p>
    ${
      parameters.length > 0 &&
      html`<h4>Parameters</h4>
        <ul class="fields">
          ${parameters.map(({ name, schema, required }) => field(name, schema, required))}
        </ul>`
    }
    ${
      requestBody !== undefined &&
      html`<h4>Body</h4>
        ${content(requestBody.content)}`
    }
    <h4>Answers</h4>
    <dl>${Object.entries(responses).map(([status, response]) => answerOf(status, response))}</dl>
  </article>`;
}

function securityWords({ security }: Operation): Html {
  if (security.length === 0) return html`Open to everybody.`;
  const names = security.flatMap((scheme) => Object.keys(scheme));
  return html`With ${names.map((name, index) => html`${index > 0 && ' or '}<a href="#access-${name}">${name}</a>`)}.`;
}

function answerOf(status: string, { description, content: media }: Operation['responses'][string]): Html {
  const isFailure = status === 'default';
  const isTold = isFailure || media === undefined;
  return html`<dt><code>${isFailure ? 'otherwise' : status}</code></dt>
    <dd>${isTold && description} ${media !== undefined && content(media)}</dd>`;
}

function content(media: Readonly<Record<string, { readonly schema: Schema }>>): readonly Html[] {
  return Object.entries(media).map(
    ([type, { schema }]) =>
      html`<p><code>${type}</code> <span class="kind">${named(schema)} ${limitsOf(schema)}</span></p>
        ${fieldsOf(schema)}`,
  );
}

/** A schema that has a section of its own is linked, any other described. */
function named(schema: Schema): Html {
  const words = kindOf(schema);
  return schema.$ref === undefined ? html`${words}` : html`<a href="#schema-${words}">${words}</a>`;
}

function component(name: string, schema: Schema): Html {
  return html`<section aria-labelledby="schema-${name}">
    <h2 id="schema-${name}">${name}</h2>
    ${fieldsOf(schema)}
  </section>`;
}
