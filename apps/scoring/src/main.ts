import { runServices } from '@baton/service-kit/run-services';
import { scoring } from './service.js';

await runServices([scoring]);
