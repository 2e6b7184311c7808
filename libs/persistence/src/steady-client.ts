import pg from 'pg';

/**
 * A connection that nobody watches for a moment (a pool hands it from one listener to the next) may be ended by the server in
 * that moment; its `error` would then end the process. Whoever uses it next learns of the loss from the statement that fails.
 */
export class SteadyClient extends pg.Client {
  constructor(configuration?: string | pg.ClientConfig) {
    super(configuration);
    this.on('error', () => undefined);
  }
}
