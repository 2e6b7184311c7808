/** Second-level names under which a provider gives mailboxes to anybody, whatever the country. */
const providers = new Set(
  (
    'gmail googlemail yahoo ymail rocketmail hotmail outlook live msn passport aol aim icloud me mac gmx web freenet t-online arcor ' +
    'proton protonmail pm tutanota tuta mail email mailbox posteo fastmail hey hushmail zoho yandex ya rambler bk inbox list ' +
    'qq 163 126 yeah sina sohu foxmail aliyun naver hanmail daum kakao libero virgilio tiscali alice orange wanadoo laposte ' +
    'free sfr neuf bbox uol bol terra ig rediffmail sapo telenet skynet ziggo kpnmail planet xs4all home chello bluewin ' +
    'sunrise hispeed aon utanet seznam centrum wp onet o2 interia abv mynet bigpond optusnet shaw rogers sympatico comcast ' +
    'verizon att sbcglobal bellsouth cox charter earthlink juno btinternet btopenworld virginmedia sky talktalk ntlworld ' +
    'mailinator guerrillamail yopmail trashmail 10minutemail tempmail sharklasers'
  ).split(' '),
);

/** Providers whose second-level name also belongs to companies elsewhere: only these exact domains are free mail. */
const exact = new Set(
  (
    'me.com mac.com pm.me hey.com free.fr orange.fr sky.com home.nl web.de mail.com mail.ru email.com inbox.com inbox.ru inbox.lv list.ru ' +
    'bk.ru ya.ru live.com ig.com.br bol.com.br o2.pl wp.pl planet.nl alice.it terra.com.br sunrise.ch att.net cox.net charter.net shaw.ca ' +
    'mailbox.org proton.me tuta.com tuta.io aim.com 163.com 126.com qq.com yeah.net sina.com sohu.com'
  ).split(' '),
);
const ambiguous = new Set([...exact].map((domain) => domain.split('.', 1)[0] ?? ''));

/** Whether mailboxes of a domain say nothing about a company. */
export function isFreeMail(domain: string): boolean {
  if (exact.has(domain)) return true;
  const [name = '', ...rest] = domain.split('.');
  const registry = rest.length === 1 || (rest.length === 2 && /^(co|com|net|org|ne|or)$/.test(rest[0] ?? ''));
  return registry && providers.has(name) && !ambiguous.has(name);
}
