import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps secrets unreadable in the database: AES-256-GCM under a key derived from the installation's secret. */
export interface Seal {
  /** `owner` is bound in: a sealed text moved to another row does not open there. */
  close(text: string, owner: string): string;
  /** Throws when the text was not closed by this installation's secret for this owner. */
  open(sealed: string, owner: string): string;
}

export function sealWith(installationSecret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', installationSecret, '', 'baton connectors', 32));
  return {
    close(text, owner) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url')).join('.');
    },
    open(sealed, owner) {
      const [iv, tag, text] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'));
      if (!iv || !tag || !text) throw new Error('A stored secret is not readable: its parts are missing');
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
        .setAAD(Buffer.from(owner))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
    },
  };
}
