import { sessionRoutes } from '@baton/contracts/http/session';
import { Controller, Inject } from '@nestjs/common';
import { Access } from './access.js';
import { problem } from './problem.js';
import { type Answer, type Call, Serves, answer } from './serves.js';
import { expiredSessionCookie, sessionCookie } from './session-cookie.js';
import type { Settings } from './settings.js';
import { CLOCK, type Clock, SETTINGS } from './tokens.js';

/** Sign-in and sign-out of the console. */
@Controller()
export class SessionController {
  constructor(
    @Inject(Access) private readonly access: Access,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Serves(sessionRoutes.signIn)
  async signIn({ body }: Call<typeof sessionRoutes.signIn>): Promise<Answer> {
    const principal = await this.access.principalOf(body.token);
    if (!principal)
      throw problem(401, 'Unknown token', 'Give the admin token (it is kept in BATON_HOME) or a secret key');
    return answer(undefined, {
      headers: { 'set-cookie': sessionCookie(principal, this.settings.secret, this.clock()) },
    });
  }

  @Serves(sessionRoutes.current)
  current({ principal: { role, name, rep } }: Call<typeof sessionRoutes.current>) {
    return { role, name, ...(rep === undefined ? {} : { rep }) };
  }

  @Serves(sessionRoutes.signOut)
  signOut(): Answer {
    return answer(undefined, { headers: { 'set-cookie': expiredSessionCookie() } });
  }
}
