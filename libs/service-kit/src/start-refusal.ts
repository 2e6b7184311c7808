/**
 * A reason not to start that an operator can act on: shown as a sentence and its list, without a stack.
 * Services throw it from `onModuleInit` or `onApplicationBootstrap` (a playbook that does not compile).
 */
export class StartRefusal extends Error {
  constructor(
    readonly headline: string,
    readonly faults: readonly string[] = [],
  ) {
    super([headline, ...faults.map((fault) => `  - ${fault}`)].join('\n'));
    this.name = 'StartRefusal';
  }
}
