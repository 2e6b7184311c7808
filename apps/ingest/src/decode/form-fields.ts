import { Busboy } from '@fastify/busboy';
import type { Json, Refusal } from './decoded-event.js';
import { refusal } from './decoded-event.js';
import { isJson } from './fields.js';

const mostFields = 200;

/**
 * Reads a form's fields from JSON, `application/x-www-form-urlencoded` or `multipart/form-data`; a repeated field becomes a list,
 * files are left out. Bodies under any other content type are taken as JSON where they are, else as urlencoded.
 */
export async function readFormFields(body: Buffer, contentType: string): Promise<Json | Refusal> {
  if (contentType.startsWith('multipart/form-data')) return readMultipart(body, contentType);
  const text = body.toString('utf8');
  if (contentType.includes('json') || text.trimStart().startsWith('{')) return readJson(text);
  return fieldsOf(new URLSearchParams(text));
}

function readJson(text: string): Json | Refusal {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : refusal('', 'expected a JSON object');
  } catch (error) {
    return refusal('', `expected JSON: ${(error as Error).message}`);
  }
}

function fieldsOf(pairs: Iterable<readonly [string, string]>): Json {
  const values = new Map<string, unknown>();
  for (const [name, value] of pairs) {
    const former = values.get(name);
    values.set(
      name,
      former === undefined ? value : Array.isArray(former) ? [...(former as string[]), value] : [former, value],
    );
    if (values.size >= mostFields) break;
  }
  return Object.fromEntries(values);
}

async function readMultipart(body: Buffer, contentType: string): Promise<Json | Refusal> {
  return new Promise((resolve) => {
    const pairs: [string, string][] = [];
    const faulty = (error: unknown) =>
      resolve(refusal('', `expected multipart/form-data: ${(error as Error).message}`));
    try {
      const limits = {
        fields: mostFields,
        fieldSize: 32 * 1024,
        fieldNameSize: 200,
        parts: mostFields,
        headerPairs: 50,
      };
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits });
      parser.on('field', (name, value) => pairs.push([name, value]));
      parser.on('file', (_name, stream) => stream.resume());
      parser.on('finish', () => resolve(fieldsOf(pairs)));
      parser.on('error', faulty);
      parser.end(body);
    } catch (error) {
      faulty(error);
    }
  });
}
