import { runServices } from '@baton/service-kit/run-services';
import { ingest } from './service.js';

await runServices([ingest]);
