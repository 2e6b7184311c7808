import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

export type KeyedHash = (text: string) => string;

/**
 * Hashes under a key that is made of the installation's secret for one purpose: without the secret nobody can find out what
 * a hash stands for. The same text gives the same 256 bits, in base64url.
 */
export function keyedHash(installationSecret: string, purpose: string): KeyedHash {
  // A key object is prepared once; a buffer would be at every call, which takes six times as long.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', installationSecret, '', purpose, 32)));
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
