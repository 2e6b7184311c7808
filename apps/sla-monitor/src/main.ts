import { runServices } from '@baton/service-kit/run-services';
import { slaMonitor } from './service.js';

await runServices([slaMonitor]);
