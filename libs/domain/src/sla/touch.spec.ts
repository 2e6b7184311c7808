import { describe, expect, it } from '@jest/globals';
import { isTouch } from './touch.js';

describe('a touch', () => {
  it.each([
    [true, { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'ana' }],
    [true, { kind: 'email', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
    [true, { kind: 'message', direction: 'outbound', outcome: 'sent', rep: 'ana', automated: false }],
    [true, { kind: 'meeting', direction: 'outbound', outcome: 'held', rep: 'ana' }],
    [true, { kind: 'call', direction: 'inbound', outcome: 'connected' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'voicemail', rep: 'ana' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'connected' }],
    [false, { kind: 'call', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
    [false, { kind: 'meeting', direction: 'outbound', outcome: 'booked', rep: 'ana' }],
    [false, { kind: 'email', direction: 'outbound', outcome: 'sent', rep: 'ana', automated: true }],
    [false, { kind: 'email', direction: 'inbound', outcome: 'replied', rep: 'ana' }],
    [false, { kind: 'meeting', direction: 'inbound', outcome: 'held', rep: 'ana' }],
    [false, { kind: 'call', direction: 'inbound', outcome: 'voicemail' }],
    [false, { kind: 'message', direction: 'inbound', outcome: 'connected' }],
    [false, { kind: 'call', direction: 'internal', outcome: 'connected', rep: 'ana' }],
    [false, { kind: 'constructor', direction: 'outbound', outcome: 'sent', rep: 'ana' }],
  ])('is %s of %j', (expected, activity) => {
    expect(isTouch(activity)).toBe(expected);
  });
});
