import { runServices } from '@baton/service-kit/run-services';
import { reporting } from './service.js';

await runServices([reporting]);
