import type { FastifyInstance, FastifyRequest } from 'fastify';
import { decodeForm } from '../decode/form.js';
import { readFormFields } from '../decode/form-fields.js';
import { textOf } from '../decode/fields.js';
import { largestEvent } from '../decode/segment-batch.js';
import { type Door, callerOf, receptionOf, sound } from './door.js';
import { inflateBody } from './read-body.js';

/** A form with files is larger than what is kept of it. */
const largestForm = 8 * largestEvent;

/** Form posts: taken first, then the browser is sent on, where it may be. */
export function formRoutes(fastify: FastifyInstance, door: Door): void {
  fastify.post('/v1/forms/:formId', async (request, reply) => {
    const receivedAt = door.clock();
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const body = sound(await inflateBody(raw, request.headers['content-encoding'], largestForm));
    const fields = sound(await readFormFields(body, request.headers['content-type'] ?? ''));
    const caller = await callerOf(door, request, fields);
    const { formId } = request.params as { formId: string };
    const post = { formId: formId.slice(0, 100), fields, referrer: request.headers.referer };
    const decoded = decodeForm(post, receptionOf(receivedAt, caller.trusted, request.headers['user-agent']));
    const redirect = textOf(fields['redirect']);
    const taking = { caller, decoded, receivedAt, bytes: body.length };
    if (redirect === undefined || decoded.events.length === 0) return door.accept(reply, taking);
    if (mayRedirect(redirect, request, door.settings.formRedirects ?? [])) {
      await door.take(taking);
      return reply.redirect(redirect, 303);
    }
    const reason = 'is not on the allow-list: list its origin in BATON_FORM_REDIRECTS';
    return door.accept(reply, { ...taking, decoded: { ...decoded, rejected: [{ path: 'redirect', reason }] } });
  });
}

/** A browser may be sent back to the site it came from, to a listed origin, or to a path of ours; anything else would lend our name to strangers. */
function mayRedirect(target: string, { headers }: FastifyRequest, listed: readonly string[]): boolean {
  if (/^\/(?![/\\])[^\\\s]*$/.test(target)) return true;
  if (!URL.canParse(target)) return false;
  const { origin, protocol } = new URL(target);
  if (protocol !== 'https:' && protocol !== 'http:') return false;
  const from = headers.origin ?? headers.referer;
  return listed.includes(origin) || (from !== undefined && URL.canParse(from) && new URL(from).origin === origin);
}
