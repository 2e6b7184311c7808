import { isbot } from 'isbot';
import type { DecodedEvent } from './decoded-event.js';

const mailProxies = /GoogleImageProxy|YahooMailProxy|ggpht\.com|Outlook-iOS.*Proxy/i;
const linkScanners = /SafeLinks|Barracuda|Proofpoint|Mimecast/i;

const crawlers = /bot\b|crawler|spider|preview|externalhit/i;

/**
 * Says whether the agent of browser traffic is a machine. Libraries (`node`, `curl`) are no browsers and no crawlers: what they
 * send is their owner's own.
 */
export function automatedBy(userAgent: string | undefined): DecodedEvent['automated'] {
  if (!userAgent) return undefined;
  if (mailProxies.test(userAgent)) return 'mail-proxy';
  if (linkScanners.test(userAgent)) return 'link-scanner';
  return isMachine(userAgent) ? 'bot' : undefined;
}

/** The same few agents send most events; judging one takes longer than all the rest of decoding. */
const judged = new Map<string, boolean>();
const mostJudged = 1000;

function isMachine(userAgent: string): boolean {
  const known = judged.get(userAgent);
  if (known !== undefined) return known;
  const machine = userAgent.startsWith('Mozilla/') ? isbot(userAgent) : crawlers.test(userAgent);
  if (judged.size >= mostJudged) judged.clear();
  judged.set(userAgent, machine);
  return machine;
}
