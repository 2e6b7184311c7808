import { keptSecrets, secretsFile } from '@baton/service-kit/secrets';
import { processEnvironment } from '@baton/service-kit/settings';
import { resolve } from 'node:path';

/** Where the running instance is and the key that opens it. */
export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** Something the person at the keyboard can mend; shown as it is, without a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CommandError';
  }
}

/** Finds the instance by `BATON_URL` and `BATON_ADMIN_TOKEN`, by default this machine's and the token kept in `BATON_HOME`. */
export function findConnection(): Connection {
  const env = processEnvironment();
  const url = (env.BATON_URL ?? `http://127.0.0.1:${env.PORT ?? '8080'}`).replace(/\/$/, '');
  return { url, token: env.BATON_ADMIN_TOKEN ?? keptToken(resolve(env.BATON_HOME ?? '.baton')) };
}

function keptToken(home: string): string {
  const { adminToken } = keptSecrets(home);
  if (adminToken) return adminToken;
  throw new CommandError(
    `No admin token: BATON_ADMIN_TOKEN is not set and ${secretsFile(home)} has none. Set it, or start Baton here first (npm start).`,
  );
}

/** Calls the instance; answers its JSON. Throws a `CommandError` that repeats what the API said. */
export async function callApi<Answer>(connection: Connection, path: string, init: RequestInit = {}): Promise<Answer> {
  return readAnswer(await request(connection, path, init), `${init.method ?? 'GET'} ${path}`);
}

/** What each of these services lists at a path; one that the instance does not run has nothing. Each knows only its own. */
export async function itemsOfEach<Item>(
  connection: Connection,
  path: string,
  asked: readonly string[],
): Promise<readonly Item[]> {
  const lists = await Promise.all(
    asked.map(async (service) => {
      const ofService = `${path}?service=${encodeURIComponent(service)}`;
      const response = await request(connection, ofService);
      if (response.status === 404 && asked.length > 1) return [];
      return (await readAnswer<{ items: Item[] }>(response, `GET ${ofService}`)).items;
    }),
  );
  return lists.flat();
}

/** The JSON of an answer. Throws a `CommandError` that repeats what the API said to `call`. */
async function readAnswer<Answer>(response: Response, call: string): Promise<Answer> {
  const text = await response.text();
  if (response.ok) return (text === '' ? null : JSON.parse(text)) as Answer;
  throw new CommandError(`${call} answered ${response.status}: ${problemText(text)}`);
}

/** One request with the instance's key; a refused connection becomes a `CommandError` that says what to do. */
export async function request({ url, token }: Connection, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(init.headers as Record<string, string>),
  };
  try {
    return await fetch(url + path, { ...init, headers });
  } catch (error) {
    throw new CommandError(`Nothing answers at ${url}. Start Baton (npm start) or set BATON_URL.`, 1, { cause: error });
  }
}

function problemText(text: string): string {
  try {
    const { title, detail, errors } = JSON.parse(text) as {
      title?: string;
      detail?: string;
      errors?: { path: string; message: string }[];
    };
    const fields = (errors ?? []).map(({ path, message }) => `\n  ${path}: ${message}`).join('');
    return `${title ?? ''}${detail ? `: ${detail}` : ''}${fields}`;
  } catch {
    return text.slice(0, 500);
  }
}
