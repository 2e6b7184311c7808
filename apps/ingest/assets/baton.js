/*
 * Baton's browser snippet: page, track, identify, group, forms, consent.
 *   <script async src="https://YOUR-BATON/baton.js" data-write-key="KEY"></script>
 * Before it has loaded, calls may be queued: (window.baton = window.baton || []).push(['track', 'Signed Up', { plan: 'pro' }]).
 * Attributes: data-page="off" sends no first page view; data-consent="required" sends and stores nothing before
 * baton.consent(true). A browser that sends Global Privacy Control counts as data-consent="required".
 * A form with data-baton-form="demo" is sent as the form `demo` when it is submitted, besides whatever else it does.
 */
(() => {
  const script = document.currentScript;
  const host = new URL(script.src).origin;
  const settings = script.dataset;
  const waiting = Array.isArray(window.baton) ? window.baton : [];
  const store = storage();
  const longestWait = 60000;
  const mostKept = 200;
  let queue = read('queue') || [];
  let sending = false;
  let wait = 1000;

  function storage() {
    try {
      localStorage.setItem('baton', '1');
      return localStorage;
    } catch {
      const kept = {};
      return {
        getItem: (key) => kept[key] ?? null,
        setItem: (key, value) => (kept[key] = value),
        removeItem: (key) => delete kept[key],
      };
    }
  }

  function read(name) {
    try {
      return JSON.parse(store.getItem('baton.' + name));
    } catch {
      return null;
    }
  }

  function keep(name, value) {
    if (value === null) return store.removeItem('baton.' + name);
    try {
      store.setItem('baton.' + name, JSON.stringify(value));
    } catch {
      // Storage is full: what is in memory is sent all the same.
    }
  }

  function allowed() {
    const consent = read('consent');
    return consent ?? !(settings.consent === 'required' || navigator.globalPrivacyControl);
  }

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function anonymousId() {
    const id = read('id') || newId();
    keep('id', id);
    return id;
  }

  function context() {
    const { pathname, href, search } = location;
    const campaign = {};
    for (const [name, value] of new URLSearchParams(search)) {
      if (name.startsWith('utm_')) campaign[name === 'utm_campaign' ? 'name' : name.slice(4)] = value;
    }
    const page = { path: pathname, url: href, title: document.title, referrer: document.referrer };
    const { userAgent, language: locale } = navigator;
    return { page, userAgent, locale, ...(Object.keys(campaign).length > 0 && { campaign }) };
  }

  function add(type, fields) {
    if (!allowed()) return;
    const userId = read('user');
    const ids = { messageId: newId(), anonymousId: anonymousId(), ...(userId && { userId }) };
    queue.push({ type, ...ids, timestamp: new Date().toISOString(), context: context(), ...fields });
    queue = queue.slice(-mostKept);
    keep('queue', queue);
    setTimeout(send, 50);
  }

  async function send() {
    if (sending || queue.length === 0) return;
    sending = true;
    const batch = queue.slice(0, 20);
    const again = await post('/v1/b', { writeKey: settings.writeKey, sentAt: new Date().toISOString(), batch });
    if (again === 0) {
      const sent = new Set(batch.map(({ messageId }) => messageId));
      queue = queue.filter(({ messageId }) => !sent.has(messageId));
      keep('queue', queue);
    }
    wait = again === 0 ? 1000 : Math.min(longestWait, wait * 2);
    sending = false;
    if (queue.length > 0) setTimeout(send, again);
  }

  /** Milliseconds to wait before it is sent again; 0: it is done with, taken or refused for good. */
  async function post(path, body) {
    try {
      const answer = await fetch(host + path, {
        method: 'POST',
        keepalive: true,
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify(body),
      });
      if (answer.status !== 429 && answer.status < 500) return 0;
      return 1000 * Number(answer.headers.get('retry-after')) || wait;
    } catch {
      return wait;
    }
  }

  const calls = {
    page(name, properties) {
      add('page', { name, properties: { ...context().page, ...properties } });
    },
    track(event, properties) {
      add('track', { event, properties });
    },
    identify(user, traits) {
      const named = typeof user === 'object' ? undefined : user;
      if (named && allowed()) keep('user', named);
      add('identify', { ...(named && { userId: named }), traits: named ? traits : user });
    },
    group(groupId, traits) {
      add('group', { groupId, traits });
    },
    form(formId, fields) {
      if (!allowed()) return;
      const id = { messageId: newId(), anonymousId: anonymousId(), writeKey: settings.writeKey };
      post('/v1/forms/' + encodeURIComponent(formId), { ...fields, ...id, context: context() });
    },
    /** Yes or no of the person; no forgets who they are and what was not sent yet. */
    consent(given) {
      if (!given) calls.reset();
      keep('consent', Boolean(given));
      if (given && settings.page !== 'off') calls.page();
    },
    /** Another person uses this browser from now on. */
    reset() {
      for (const name of ['id', 'user', 'queue']) keep(name, null);
      queue = [];
    },
    push([name, ...values]) {
      if (Object.hasOwn(calls, name)) calls[name](...values);
    },
  };

  document.addEventListener('submit', ({ target }) => {
    const formId = target.dataset?.batonForm;
    if (!formId) return;
    const fields = new FormData(target);
    for (const { name } of target.querySelectorAll('[type=password], [autocomplete^=cc-]')) fields.delete(name);
    calls.form(formId, Object.fromEntries([...fields].filter(([, value]) => typeof value === 'string')));
  });
  addEventListener('online', send);
  addEventListener('pagehide', send);
  window.baton = calls;
  waiting.forEach((call) => calls.push(call));
  if (settings.page !== 'off') calls.page();
  send();
})();
