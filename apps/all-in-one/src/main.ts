import { runServices } from '@baton/service-kit/run-services';
import { consolePages } from './console-pages.js';
import { services } from './services.js';

await runServices(services, { pages: consolePages });
