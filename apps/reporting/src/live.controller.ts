import { reportingRoutes as routes } from '@baton/contracts/http/reporting';
import { type Answer, type Call, Serves, answer } from '@baton/service-kit/serves';
import { Controller, Inject } from '@nestjs/common';
import { LiveNews } from './live-news.js';

/** `GET /api/live`: what was committed, as it is committed. */
@Controller()
export class LiveController {
  constructor(@Inject(LiveNews) private readonly news: LiveNews) {}

  @Serves(routes.live)
  async live({ headers }: Call<typeof routes.live>): Promise<Answer> {
    const lastId = headers['last-event-id'];
    return answer(await this.news.open(Array.isArray(lastId) ? lastId[0] : lastId), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  }
}
