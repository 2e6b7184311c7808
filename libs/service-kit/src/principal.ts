import type { Role } from '@baton/contracts/definitions';

/** Who calls: the admin token, a secret key, or a person signed in to the console. */
export interface Principal {
  readonly role: Role;
  readonly kind: 'token' | 'session' | 'key';
  readonly name: string;
  /** Id of the rep who is signed in, where the session is a rep's. */
  readonly rep?: string;
}
