import { allRoutes } from '@baton/contracts/http/all-routes';
import { generatedDocuments } from '@baton/contracts/generated-documents';
import { breakingChanges } from '@baton/contracts/schema-changes';
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import { readFileSync, readdirSync } from 'node:fs';
import { renderDocument } from '../../../tools/render-document.mjs';

const folder = new URL('../generated/', import.meta.url);
const documents = Object.entries(generatedDocuments());
const schemas = documents.filter(([name]) => name.startsWith('schemas/'));
const committed = (name: string) => readFileSync(new URL(name, folder), 'utf8');

describe('generated documents', () => {
  it.each(documents)('%s is committed as it is generated now; run npm run generate', (name, document) => {
    expect(committed(name)).toBe(renderDocument(name, document));
  });

  it('lists every route file of the contracts in the OpenAPI document', async () => {
    const files = readdirSync(new URL('../src/http/', import.meta.url)).map((file) => file.replace('.ts', ''));
    const withRoutes = await Promise.all(
      files.map(async (file) =>
        Object.entries((await import(`@baton/contracts/http/${file}`)) as Record<string, object>),
      ),
    );
    const declared = withRoutes.flat().filter(([name]) => name.endsWith('Routes') && name !== 'allRoutes');
    const paths = declared.flatMap(([, routes]) => Object.values(routes) as { path: string }[]).map(({ path }) => path);
    expect(allRoutes.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
  });

  it('has an OpenAPI document that its schema accepts', async () => {
    const result = await new Validator().validate(committed('openapi.json'));
    expect(result).toEqual({ valid: true });
  });

  it('has an AsyncAPI document that its parser accepts', async () => {
    const { document, diagnostics } = await new Parser().parse(committed('asyncapi.yaml'));
    expect(diagnostics.filter(({ severity }) => Number(severity) === 0)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  it.each(schemas)('%s compiles as JSON Schema 2020-12', (name) => {
    const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
    expect(typeof ajv.compile(JSON.parse(committed(name)) as object)).toBe('function');
  });

  it.each(schemas)('%s breaks nobody who relies on its committed predecessor', (name, document) => {
    const next = JSON.parse(renderDocument(name, document)) as object;
    expect(
      breakingChanges(JSON.parse(committed(name)) as Record<string, unknown>, next as Record<string, unknown>),
    ).toEqual([]);
  });
});
