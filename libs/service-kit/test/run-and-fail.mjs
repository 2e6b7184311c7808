import { runServices } from '@baton/service-kit/run-services';

// The process that the test of its last words runs: a service that fails in the way given.
const row = () => Object.assign(new Error('duplicate key'), { detail: 'Key (email)=(kim@acme.io)', row: ['Kim Deal'] });
const failures = {
  starting: () => Promise.reject(row()),
  later: () => void setImmediate(() => Promise.reject(row())),
  warning: () => process.emitWarning('11 listeners added', 'MaxListenersExceededWarning'),
};
const chosen = [failures[process.argv[2]]];

class Failing {
  // Nest calls it for the application and again for its topics.
  async onApplicationBootstrap() {
    const [fail] = chosen.splice(0);
    await fail?.();
  }
}
await runServices([
  { name: 'reporting', consumes: [], publishes: [], migrations: [], controllers: [], providers: [Failing] },
]);
