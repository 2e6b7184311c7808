import { runServices } from '@baton/service-kit/run-services';
import { routing } from './service.js';

await runServices([routing]);
