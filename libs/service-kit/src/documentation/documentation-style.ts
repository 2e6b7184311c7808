/** The console's tokens that this page needs, as they are there: a process without the console has the page too. */
export const documentationTokens: Readonly<Record<string, string>> = {
  surface: 'light-dark(#f8f7f4, #151412)',
  raised: 'light-dark(#ffffff, #1c1b18)',
  text: 'light-dark(#1e1c19, #edebe7)',
  muted: 'light-dark(#655f56, #a8a298)',
  line: 'light-dark(#e8e4dd, #2d2b27)',
  accent: 'light-dark(#4347c9, #a3a8ff)',
  watch: 'light-dark(#805000, #ecbb5c)',
  s1: '4px',
  s2: '8px',
  s3: '12px',
  s4: '16px',
  s5: '20px',
  s6: '24px',
  s8: '32px',
  radius: '8px',
  font: "'Inter Variable', system-ui, sans-serif",
  mono: "ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, 'DejaVu Sans Mono', monospace",
  base: '14px',
  small: '13px',
  regular: '420',
  strong: '600',
};

/** The style sheet of the documentation page. */
export function documentationStyle(): string {
  const tokens = Object.entries(documentationTokens).map(([name, value]) => `--${name}:${value};`);
  return `:root{color-scheme:light dark;${tokens.join('')}}${rules}`;
}

const rules = `
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--text);font:var(--regular) var(--base)/1.45 var(--font);
  display:grid;grid-template-columns:minmax(220px,300px) minmax(0,1fr);grid-template-areas:"header header" "nav main"}
header{grid-area:header;padding:var(--s6) var(--s6) var(--s4);border-bottom:1px solid var(--line)}
nav{grid-area:nav;position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:var(--s5) var(--s6);
  font-size:var(--small)}
main{grid-area:main;padding:var(--s5) var(--s6) var(--s8);max-width:860px}
main:focus{outline:none}
h1,h2,h3,h4,p,ul,dl,dd{margin:0}
h1,h2,h3,h4{font-weight:var(--strong);letter-spacing:-0.01em}
h1{font-size:22px}
h2{font-size:18px;margin:var(--s6) 0 var(--s2)}
section:first-child h2{margin-top:0}
h3{font-size:var(--base);overflow-wrap:anywhere;scroll-margin-top:var(--s4)}
h4{font-size:var(--small);margin:var(--s4) 0 var(--s1)}
article{margin:var(--s4) 0;padding:var(--s4) var(--s5);border:1px solid var(--line);border-radius:var(--radius);
  background:var(--raised)}
article:has(:target){border-color:var(--accent)}
a{color:var(--accent);text-underline-offset:3px;text-decoration-thickness:1px}
nav ul,.fields{padding:0;list-style:none}
nav a{display:block;padding:3px 0;color:inherit;text-decoration:none;overflow-wrap:anywhere}
nav a:hover{text-decoration:underline}
summary{cursor:pointer;padding:3px 0}
code,.method,.kind{font-size:var(--small)}
code{font-family:var(--mono);overflow-wrap:anywhere}
.method{font-family:var(--mono);font-weight:var(--strong)}
.kind{color:var(--muted);overflow-wrap:anywhere}
.required{color:var(--watch);font-size:var(--small)}
.fields li{padding:var(--s1) 0;border-top:1px solid var(--line)}
.fields li:first-child{border-top:0}
details .fields{margin-left:var(--s2);padding-left:var(--s3);border-left:2px solid var(--line)}
.alternative{color:var(--muted);font-size:var(--small)}
details summary{color:var(--muted)}
nav summary{color:inherit;font-weight:var(--strong)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:var(--s1) var(--s4)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-999px}
.skip:focus{position:static;grid-column:1/-1;padding:var(--s2) var(--s6)}
@media (max-width:720px){
  body{display:block}
  nav{position:static;max-height:none;border-bottom:1px solid var(--line)}
  summary,nav a{padding:10px 0}
  article{padding:var(--s4)}
}
`;
