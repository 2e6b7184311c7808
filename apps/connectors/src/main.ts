import { runServices } from '@baton/service-kit/run-services';
import { connectors } from './service.js';

await runServices([connectors]);
