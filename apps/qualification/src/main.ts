import { runServices } from '@baton/service-kit/run-services';
import { qualification } from './service.js';

await runServices([qualification]);
