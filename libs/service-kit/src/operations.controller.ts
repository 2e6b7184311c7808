import { type OpenApiDocument, openApiDocument } from '@baton/contracts/openapi';
import { operationsRoutes } from '@baton/contracts/http/operations';
import type { Route } from '@baton/contracts/http/route';
import { Health } from '@baton/observability/health';
import type { Metrics } from '@baton/observability/metrics';
import { Controller, Inject } from '@nestjs/common';
import { documentationHeaders, documentationPage } from './documentation/documentation-page.js';
import { prefersHtml } from './documentation/prefers-html.js';
import { type Answer, type Call, Serves, answer } from './serves.js';
import { DOCUMENTED_ROUTES, METRICS } from './tokens.js';

/** What a platform asks: health, metrics, and the document of the whole interface. */
@Controller()
export class OperationsController {
  private readonly document: OpenApiDocument;
  /** Written when it is first asked for: most processes are never asked. */
  private page: string | undefined;

  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(METRICS) private readonly metrics: Metrics,
    @Inject(DOCUMENTED_ROUTES) routes: readonly Route[],
  ) {
    this.document = openApiDocument(routes);
  }

  @Serves(operationsRoutes.live)
  live() {
    return { status: 'live' };
  }

  @Serves(operationsRoutes.ready)
  async ready(): Promise<Answer> {
    const { ready, checks } = await this.health.ready();
    return answer({ status: ready ? 'ready' : 'unready', checks }, { status: ready ? 200 : 503 });
  }

  @Serves(operationsRoutes.metrics)
  async text(): Promise<Answer> {
    return answer(await this.metrics.text(), { headers: { 'content-type': this.metrics.contentType } });
  }

  @Serves(operationsRoutes.documentation)
  documentation({ headers }: Call<typeof operationsRoutes.documentation>): Answer {
    const varying = { vary: 'accept' };
    if (!prefersHtml(headers.accept)) return answer(this.document, { headers: varying });
    this.page ??= documentationPage(this.document);
    return answer(this.page, { headers: { ...documentationHeaders, ...varying } });
  }

  @Serves(operationsRoutes.openApi)
  openApi() {
    return this.document;
  }
}
