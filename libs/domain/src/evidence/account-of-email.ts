/** Mail providers whose domains say nothing of the company somebody works for. */
const freeMailDomains: ReadonlySet<string> = new Set(
  (
    '163.com 126.com aol.com aol.de bluewin.ch bol.com.br btinternet.com comcast.net duck.com email.com fastmail.com foxmail.com ' +
    'free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de ' +
    'hotmail.es hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru interia.pl laposte.net libero.it list.ru live.co.uk live.com ' +
    'live.fr live.nl mac.com mail.com mail.ru mailbox.org me.com msn.com naver.com o2.pl online.de onet.pl orange.fr outlook.com ' +
    'outlook.de outlook.es outlook.fr pm.me posteo.de proton.me protonmail.com qq.com rediffmail.com rocketmail.com sbcglobal.net ' +
    'seznam.cz sfr.fr sina.com sky.com t-online.de terra.com.br tiscali.it tutanota.com uol.com.br verizon.net virgilio.it ' +
    'virginmedia.com wanadoo.fr web.de wp.pl yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es ' +
    'yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com'
  ).split(' '),
);

/** The company an e-mail address speaks for: its domain in lower case, none for free mail and for what is no address. */
export function accountOfEmail(email: string | undefined): {
  readonly domain: string | null;
  readonly freeMail: boolean;
} {
  const domain = email?.trim().toLowerCase().split('@')[1];
  if (domain === undefined || !domain.includes('.')) {
    return { domain: null, freeMail: false };
  }
  const freeMail = isFreeMail(domain);
  return { domain: freeMail ? null : domain, freeMail };
}

export function isFreeMail(domain: string): boolean {
  return freeMailDomains.has(domain.toLowerCase());
}
