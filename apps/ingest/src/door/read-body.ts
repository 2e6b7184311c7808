import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { type Refusal, refusal } from '../decode/decoded-event.js';

const inflaters: Readonly<Record<string, typeof gunzip.__promisify__>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** Inflates a body by its Content-Encoding, up to `limit` bytes: what a small body can blow up to is bounded too. */
export async function inflateBody(
  body: Buffer,
  encoding: string | undefined,
  limit: number,
): Promise<Buffer | Refusal> {
  const name = encoding?.trim().toLowerCase();
  if (!name || name === 'identity') return body.length > limit ? tooLarge(limit) : body;
  const inflater = Object.hasOwn(inflaters, name) ? inflaters[name] : undefined;
  if (!inflater)
    return refusal('', `content encoding ${name.slice(0, 40)} is not known; send gzip, deflate, br or none`);
  try {
    return (await inflater(body, { maxOutputLength: limit })) as Buffer;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(limit)
      : refusal('', `is not ${name}`);
  }
}

/** Reads JSON under whatever content type it came. */
export function parseJson(body: Buffer): { readonly json: unknown } | Refusal {
  try {
    const text = body.toString('utf8');
    return { json: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown };
  } catch (error) {
    return refusal('', `is not valid JSON: ${(error as Error).message}`);
  }
}

function tooLarge(limit: number): Refusal {
  return refusal('', `is larger than ${Math.floor(limit / 1024)} KB`);
}
