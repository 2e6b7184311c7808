import { LocalHotStates } from './local-hot-state.js';
import type { ProcessResources } from './process-resources.js';
import { RedisConnection } from './redis-connection.js';
import { RedisHotStates } from './redis-hot-state.js';
import type { UndoStack } from './undo-stack.js';

/** Adds the hot state to what a process has: on the Redis that is configured, whether it answers or not, else its own. */
export async function shareHotState(
  undo: UndoStack,
  resources: Omit<ProcessResources, 'hotStates'>,
): Promise<ProcessResources> {
  const { settings, logger, metrics, clock, health } = resources;
  if (settings.redisUrl === undefined) return { ...resources, hotStates: new LocalHotStates(clock) };
  const connection = await RedisConnection.open({ url: settings.redisUrl, logger, metrics });
  const hotStates = new RedisHotStates(connection, clock);
  undo.add(() => hotStates.close());
  health.checkHelper('redis', () => {
    const trouble = hotStates.trouble();
    if (trouble !== undefined) throw new Error(`${trouble}; each process goes on by itself until Redis is back`);
  });
  return { ...resources, hotStates };
}
