import { type ServiceName, services } from '@baton/contracts/topics';
import { freePorts } from '@baton/testing/free-ports';
import type { Chance } from './chance.js';
import { type ServiceProcess, serviceProcess } from './service-process.js';

export interface FleetOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly adminToken: string;
  readonly logFolder: string;
  readonly chance: Chance;
}

/** Every service as a process of its own, and whoever joins. */
export class Fleet {
  /** Processes that ended although nobody ended them, with what they ended with. */
  readonly deaths: string[] = [];
  /** Processes that were asked to leave and ended with another code than 0, or not within their deadline. */
  readonly badLeaves: string[] = [];
  private readonly replicas: ServiceProcess[] = [];
  private ended = false;

  constructor(private readonly options: FleetOptions) {}

  get running(): readonly ServiceProcess[] {
    return this.replicas;
  }

  async start(): Promise<void> {
    // One after the other makes the schemas; two cores would only make each wait longer.
    for (const service of services) {
      const replica = await this.join(service);
      if (!(await replica.ready(60_000))) throw new Error(`${service} did not become ready; its log says why`);
    }
  }

  /** One more replica of a service, which may not be ready yet. */
  async join(service: ServiceName): Promise<ServiceProcess> {
    const [port] = await freePorts(1);
    const { environment, logFolder } = this.options;
    const replica: ServiceProcess = serviceProcess({
      service,
      port: port!,
      environment,
      logFolder,
      died: (code, signal) => {
        if (this.ended) return;
        this.deaths.push(`${service} at ${replica.url}: ${signal ?? `exit code ${code}`}`);
        // As any supervisor does.
        setTimeout(() => {
          if (!this.ended) void replica.start();
        }, 500);
      },
    });
    await replica.start();
    this.replicas.push(replica);
    return replica;
  }

  /** Asks a replica to leave, whatever it is at. */
  async leave(replica: ServiceProcess): Promise<void> {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    const code = await replica.leave();
    if (code === 0) return;
    const how = code === null ? 'had to be killed' : `left with exit code ${code}`;
    this.badLeaves.push(`${replica.service} at ${replica.url} ${how}`);
  }

  /**
   * Sends a request as the admin to one replica of a service, as an entrance would; rejects when none answers.
   * `headers` replace those of the admin.
   */
  async request(service: ServiceName, path: string, init: RequestInit = {}): Promise<Response> {
    const awake = this.replicas.filter(
      (replica) => replica.service === service && replica.isRunning && !replica.isFrozen,
    );
    if (awake.length === 0) throw new Error(`Nobody runs ${service} now`);
    const { url } = this.options.chance.pick(awake);
    const admin = { authorization: `Bearer ${this.options.adminToken}`, 'content-type': 'application/json' };
    return fetch(url + path, { signal: AbortSignal.timeout(15_000), ...init, headers: { ...admin, ...init.headers } });
  }

  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all(this.replicas.map((replica) => replica.kill()));
  }
}
