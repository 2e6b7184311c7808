import { deadLettersRoutes } from '@baton/contracts/http/operations';
import { type DeadLetter, listDeadLetters, showDeadLetter } from '@baton/messaging/dead-letter-store';
import type { Transport } from '@baton/messaging/transport';
import { Controller, Inject } from '@nestjs/common';
import { hostedService } from './hosted-service.js';
import { problem } from './problem.js';
import type { HostedService } from './process-resources.js';
import { type Call, Serves } from './serves.js';
import { HOSTED_SERVICES, TRANSPORT } from './tokens.js';

/** What the services of this process could not handle: shown, and handled again once the cause is mended. */
@Controller()
export class DeadLettersController {
  constructor(
    @Inject(HOSTED_SERVICES) private readonly services: readonly HostedService[],
    @Inject(TRANSPORT) private readonly transport: Transport,
  ) {}

  @Serves(deadLettersRoutes.list)
  async list({ query }: Call<typeof deadLettersRoutes.list>) {
    const asked = query.service === undefined ? this.services : [hostedService(this.services, query.service)];
    const lists = await Promise.all(
      asked.map(async ({ definition, database }) =>
        (await listDeadLetters(database)).map((letter) => shown(definition.name, letter)),
      ),
    );
    return { items: lists.flat().sort((one, other) => (one.at < other.at ? 1 : -1)), next: null };
  }

  @Serves(deadLettersRoutes.show)
  async show({ params }: Call<typeof deadLettersRoutes.show>) {
    const letter = await showDeadLetter(hostedService(this.services, params.service).database, params.id);
    if (!letter) throw unknown(params);
    return { ...shown(params.service, letter), original: JSON.parse(letter.original) as unknown };
  }

  @Serves(deadLettersRoutes.replay)
  async replay({ params }: Call<typeof deadLettersRoutes.replay>) {
    const { name } = hostedService(this.services, params.service).definition;
    const found = await this.transport.replayDeadLetter(name, params.id).catch((error: unknown) => {
      throw problem(409, 'Still cannot be handled', error instanceof Error ? error.message : String(error));
    });
    if (!found) throw unknown(params);
    return { handled: true };
  }
}

function shown(service: string, { id, reason, topic, partition, position, type, attempts, at }: DeadLetter) {
  return { id, service, reason, origin: { topic, partition, position }, type, attempts, at: at.toISOString() };
}

function unknown({ service, id }: { service: string; id: string }) {
  return problem(
    404,
    'No such dead letter',
    `${service} has no dead letter ${id} that waits for a replay; see GET /api/dead-letters.`,
  );
}
