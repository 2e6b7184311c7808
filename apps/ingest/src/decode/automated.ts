import { isbot } from 'isbot';
import type { DecodedEvent } from './decoded-event.js';

const mailProxies = /GoogleImageProxy|YahooMailProxy|ggpht\.com|Outlook-iOS.*Proxy/i;
const linkScanners = /SafeLinks|Barracuda|Proofpoint|Mimecast/i;

/**
 * Says whether a browser's User-Agent is a machine's. Only for agents that claim to be a browser: libraries name themselves
 * elsewhere, and their traffic is their owner's own.
 */
export function automatedBy(userAgent: string | undefined): DecodedEvent['automated'] {
  if (!userAgent) return undefined;
  if (mailProxies.test(userAgent)) return 'mail-proxy';
  if (linkScanners.test(userAgent)) return 'link-scanner';
  return isbot(userAgent) ? 'bot' : undefined;
}
