import { registerHooks } from 'node:module';

/** From now on this process can import our sources as they are: Node strips the types, this leads `.js` to the `.ts` file. */
export function runSources() {
  registerHooks({
    resolve(specifier, context, next) {
      const ours = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
      return next(ours ? specifier.replace(/\.js$/, '.ts') : specifier, context);
    },
  });
}
