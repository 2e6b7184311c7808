import { runServices } from '@baton/service-kit/run-services';
import { services } from './services.js';

// `npm start` holds the other end: however it dies, the product stops with it.
if (process.argv.includes('--stop-with-input')) {
  process.stdin.resume().once('close', () => process.kill(process.pid, 'SIGTERM'));
}

await runServices(services);
