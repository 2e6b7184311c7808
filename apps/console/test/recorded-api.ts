import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lead, List, Move, QueueItem, Stage, TimelineItem } from '../src/api/types.js';
import { recorded } from './recorded-answers.js';

/** What the installation is like: at work, just installed, or broken. `signed-out` answers 401 until somebody signs in. */
export type Scenario = 'full' | 'empty' | 'failing' | 'signed-out';

/** A command as the server received it. */
export interface Command {
  method: string;
  path: string;
  body: unknown;
}

/** The product's HTTP interface from recorded answers, with just enough memory to see moves take effect. */
export interface RecordedApi {
  url: string;
  commands: Command[];
  /** Which `after` tokens GETs have named. */
  afters: string[];
  queue: QueueItem[];
  scenario: Scenario;
  /** The next command is refused with this problem. */
  refuseNext: { status: number; [member: string]: unknown } | null;
  push: (kind: string, data: { lead: string; at: string }) => void;
  /** Cuts all live connections; with `stay`, new ones are refused until `heal`. */
  cut: (stay: boolean) => void;
  heal: () => void;
  /** Resolves when what the server has heard so far fulfils the condition. */
  heard: (holds: () => boolean) => Promise<void>;
  /** Resolves when a page follows the live changes. */
  listening: () => Promise<void>;
  close: () => Promise<void>;
}

const dist = fileURLToPath(new URL('../test-results/site/', import.meta.url));
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Serves the built console and the recorded answers on a free port. `rows` multiplies the queue. */
export async function startRecordedApi(scenario: Scenario, rows?: number): Promise<RecordedApi> {
  const live = new Set<ServerResponse>();
  const now = Date.now();
  const queue = recorded<List<QueueItem>>('queue', now).items;
  const state = { refusesLive: false, undo: new Map<string, { item: QueueItem; place: number }>() };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const api: RecordedApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands: [],
    afters: [],
    queue: rows ? manyRows(queue, rows) : queue,
    scenario,
    refuseNext: null,
    push: (kind, data) =>
      live.forEach((client) => client.write(`event: ${kind}\nid: ${Date.now()}\ndata: ${JSON.stringify(data)}\n\n`)),
    cut: (stay) => {
      state.refusesLive = stay;
      live.forEach((client) => client.destroy());
    },
    heal: () => void (state.refusesLive = false),
    heard: async (holds) => {
      while (!holds()) await once(server, 'heard');
    },
    listening: async () => void (live.size > 0 || (await once(server, 'live'))),
    close: () => closeServer(server, live),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', api.url);
    if (!url.pathname.startsWith('/api/')) return sendFile(url.pathname, response);
    if (url.pathname === '/api/live') return openLive(request, response);
    if (request.method === 'GET') {
      const after = url.searchParams.get('after');
      if (after) api.afters.push(after);
      server.emit('heard');
      return sendJson(response, answerRead(api, url, now));
    }
    const command = { method: request.method ?? '', path: url.pathname, body: await readJson(request) };
    api.commands.push(command);
    server.emit('heard');
    response.setHeader('baton-after', `position-${api.commands.length}`);
    sendJson(response, answerCommand(api, command, state.undo));
  }

  function openLive(request: IncomingMessage, response: ServerResponse): void {
    if (state.refusesLive || api.scenario === 'signed-out') return void response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).write(': live\n\n');
    live.add(response);
    server.emit('live');
    request.on('close', () => live.delete(response));
  }

  return api;
}

interface Answer {
  status: number;
  body?: unknown;
}

function answerRead(api: RecordedApi, url: URL, now: number): Answer {
  const { pathname: path, searchParams } = url;
  if (api.scenario === 'signed-out') return problem(401, 'Sign in first', 'This needs a session.');
  if (path === '/api/session') return ok(recorded('session', now));
  if (api.scenario === 'failing')
    return problem(503, 'The read model is catching up', 'It is 4 minutes behind after a restart. Try again shortly.');
  const body = api.scenario === 'empty' ? emptyAnswers[path] : fullAnswers[path]?.(api, searchParams, now);
  if (body !== undefined) return ok(body);
  return same.has(path) ? ok(recorded(path.slice(5), now)) : answerLead(api, url, now);
}

/** What every installation has. */
const same = new Set(['/api/playbook', '/api/roster']);

const fullAnswers: Record<string, (api: RecordedApi, query: URLSearchParams, now: number) => unknown> = {
  '/api/queue': (api, query) => ({ items: owned(api.queue, query.get('owner')), next: null }),
  '/api/start': (_, __, now) => recorded('start', now),
  '/api/reports/funnel': (_, query, now) => recorded<Record<string, unknown>>('funnel', now)[query.get('by') ?? ''],
  '/api/reports/speed-to-lead': (_, __, now) => recorded('speed-to-lead', now),
  '/api/leads': (_, query, now) => ({ items: found(now, query.get('q') ?? ''), next: null }),
};

const stages = ['lead', 'mql', 'sql', 'opportunity', 'customer'];

const emptyAnswers: Record<string, unknown> = {
  '/api/queue': { items: [], next: null },
  '/api/start': {
    writeKey: 'wk_7f3kq29x4mzr',
    url: 'https://baton.northwind.io',
    arrived: { page: false, identify: false, form: false, import: false, lead: false },
  },
  '/api/reports/funnel': {
    from: null,
    to: null,
    playbooks: ['starter@1'],
    groups: [{ key: null, stages: stages.map((stage) => ({ stage, reached: 0 })), transitions: [] }],
  },
  '/api/reports/speed-to-lead': { groups: [] },
  '/api/leads': { items: [], next: null },
};

function answerLead(api: RecordedApi, { pathname, searchParams }: URL, now: number): Answer {
  const [, , , id = '', part] = pathname.split('/');
  const lead = recorded<Record<string, Lead>>('leads', now)[id];
  if (!lead) return problem(404, 'No such lead', `There is no lead ${id}.`);
  const stage = api.queue.find((item) => item.lead.id === id)?.stage ?? lead.stage;
  if (part === 'timeline') return ok({ items: timelineOf(id, searchParams.get('kind'), now), next: null });
  if (part === 'explanation') return ok(recorded('explanation', now));
  return ok({ ...lead, stage });
}

function answerCommand(
  api: RecordedApi,
  { method, path, body }: Command,
  undo: Map<string, { item: QueueItem; place: number }>,
): Answer {
  const refused = api.refuseNext;
  if (refused) {
    api.refuseNext = null;
    return { status: refused.status, body: refused };
  }
  if (path === '/api/session') return answerSession(api, method, body);
  const [, , , id, command] = path.split('/');
  const place = api.queue.findIndex((item) => item.lead.id === id);
  const item = api.queue[place];
  if (command === 'stage' && item) {
    undo.set(item.lead.id, { item: { ...item }, place });
    const to = (body as Move).to;
    if (leavesQueue(to)) api.queue.splice(place, 1);
    else item.stage = to;
  }
  const before = command === 'undo' && id ? undo.get(id) : undefined;
  if (before)
    api.queue = [...api.queue.filter((other) => other.lead.id !== id)].toSpliced(before.place, 0, before.item);
  return ok({});
}

function answerSession(api: RecordedApi, method: string, body: unknown): Answer {
  const right = (body as { token?: string } | undefined)?.token === 'the-admin-token';
  if (method === 'POST' && !right) return problem(401, 'Wrong token', 'No key of this installation matches.');
  api.scenario = method === 'DELETE' ? 'signed-out' : 'full';
  return { status: 204 };
}

function leavesQueue(to: Stage): boolean {
  return to === 'nurture' || to === 'disqualified' || to === 'lost' || to === 'sql' || to === 'opportunity';
}

function owned(queue: QueueItem[], owner: string | null): QueueItem[] {
  if (!owner) return queue;
  return queue.filter((item) =>
    owner.startsWith('rep:') ? item.owner?.rep === owner.slice(4) : item.owner?.team === owner.slice(5),
  );
}

function timelineOf(lead: string, kinds: string | null, now: number): TimelineItem[] {
  const items = recorded<Record<string, List<TimelineItem>>>('timelines', now)[lead]?.items ?? [];
  return kinds ? items.filter(({ kind }) => kinds.split(',').includes(kind)) : items;
}

function found(now: number, q: string): Lead[] {
  return Object.values(recorded<Record<string, Lead>>('leads', now)).filter(({ name, email, company }) =>
    `${name} ${email} ${company}`.toLowerCase().includes(q.toLowerCase()),
  );
}

function manyRows(queue: QueueItem[], rows: number): QueueItem[] {
  return Array.from({ length: rows }, (_, index) => {
    const item = queue[index % queue.length]!;
    return { ...item, lead: { ...item.lead, id: `${item.lead.id}-${index}` } };
  });
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function problem(status: number, title: string, detail: string): Answer {
  return { status, body: { type: 'about:blank', title, status, detail } };
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    'cache-control': 'no-store',
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function sendFile(path: string, response: ServerResponse): void {
  const file = join(dist, path);
  const found = path !== '/' && existsSync(file) ? file : join(dist, 'index.html');
  response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream' });
  createReadStream(found).pipe(response);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return text ? JSON.parse(text) : undefined;
}

async function closeServer(server: Server, live: Set<ServerResponse>): Promise<void> {
  live.forEach((client) => client.destroy());
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
