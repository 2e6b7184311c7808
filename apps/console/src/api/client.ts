import { noteServerTime } from '../time/server-time.js';

/** A refusal in the words of the API (RFC 9457), or of the network when nothing answered (`status` 0). */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly more: { errors?: { path: string; message: string }[]; possible?: string[] } = {},
  ) {
    super(detail || title);
  }
}

/** How long a GET still names the last command: the server waits at most 5 s for its effect. */
const afterMs = 15_000;

const remembered: { after: { token: string; at: number } | null } = { after: null };

/** GET of JSON. Waits for the effect of this page's last command, so that a person always sees what they just did. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await request(withAfter(path), { ...(signal && { signal }) });
  return (await answer.json()) as T;
}

/** A command with a JSON body; answers its JSON, or undefined for an empty answer. Throws `Problem`. */
export async function send<T>(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  const answer = await request(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const after = answer.headers.get('baton-after');
  if (after) remembered.after = { token: after, at: Date.now() };
  const text = await answer.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

async function request(path: string, init: RequestInit): Promise<Response> {
  const sentAt = Date.now();
  const answer = await fetch(path, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(
      0,
      'Baton does not answer',
      'The server cannot be reached. What you see is the last answer; it will be refreshed by itself.',
    );
  });
  noteServerTime(answer.headers.get('date'), sentAt, Date.now());
  if (!answer.ok) throw await problemOf(answer);
  return answer;
}

async function problemOf(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  const said = (typeof body === 'object' && body !== null ? body : {}) as {
    title?: string;
    detail?: string;
    errors?: { path: string; message: string }[];
    possible?: string[];
  };
  const title = said.title ?? `The server answered ${answer.status}`;
  return new Problem(answer.status, title, said.detail ?? '', {
    ...(said.errors && { errors: said.errors }),
    ...(said.possible && { possible: said.possible }),
  });
}

function withAfter(path: string): string {
  const { after } = remembered;
  if (!after || Date.now() - after.at > afterMs) return path;
  return `${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after.token)}`;
}
