import { reportingRoutes as routes } from '@baton/contracts/http/reporting';
import { type Answer, type Call, Serves, answer } from '@baton/service-kit/serves';
import { Controller, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { LiveFeed } from './live-feed.js';

/** `GET /api/live`: what was committed, as it is committed. */
@Controller()
export class LiveController implements OnApplicationShutdown {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed) {}

  @Serves(routes.live)
  live({ headers }: Call<typeof routes.live>): Answer {
    const lastId = headers['last-event-id'];
    return answer(this.feed.open(Array.isArray(lastId) ? lastId[0] : lastId), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  }

  onApplicationShutdown(): void {
    this.feed.close();
  }
}
