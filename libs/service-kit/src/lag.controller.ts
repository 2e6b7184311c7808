import { lagRoutes } from '@baton/contracts/http/operations';
import type { Transport } from '@baton/messaging/transport';
import { within } from '@baton/messaging/within';
import { Controller, Inject } from '@nestjs/common';
import { hostedService } from './hosted-service.js';
import { lagOf } from './measure-lag.js';
import { problem } from './problem.js';
import type { HostedService } from './process-resources.js';
import { type Call, Serves } from './serves.js';
import { HOSTED_SERVICES, TRANSPORT } from './tokens.js';

/** Longer than this nobody waits for a broker to say where its topics end. */
const patienceMs = 3_000;

/** How far behind the services of this process are, for whoever may not ask for its metrics. */
@Controller()
export class LagController {
  constructor(
    @Inject(HOSTED_SERVICES) private readonly services: readonly HostedService[],
    @Inject(TRANSPORT) private readonly transport: Transport,
  ) {}

  @Serves(lagRoutes.list)
  async list({ query }: Call<typeof lagRoutes.list>) {
    const asked = query.service === undefined ? this.services : [hostedService(this.services, query.service)];
    const measured = Promise.all(asked.map(({ definition }) => lagOf(this.transport, definition)));
    const lags = await within(measured, patienceMs).catch((error: unknown) => {
      throw problem(503, 'Cannot be measured', error instanceof Error ? error.message : String(error));
    });
    return { items: lags.flat() };
  }
}
