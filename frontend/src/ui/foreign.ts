// HTML that strangers wrote, made ready for a frame: cleaned for the second
// time, whatever it comes from, and under a policy of its own. The first time is
// internal/safehtml in Go. DOMPurify does not look into styles; none is let
// through, and the frame's policy refuses them.

import DOMPurify, { type Config } from 'dompurify';
import policies from '../../policy.json';
import style from './foreign.css?raw';

/** Where a link leads, for whoever opens it outside of the window. */
export interface ForeignLink {
  readonly text: string;
  readonly address: string;
  /** What is shown of the address: its host, a mailbox or a number. */
  readonly place: string;
}

const config: Config = {
  ALLOWED_TAGS: (
    'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl ' +
    'dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p pre q rp rt ruby s samp ' +
    'section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'
  ).split(' '),
  ALLOWED_ATTR: ['alt', 'colspan', 'data-href', 'dir', 'rowspan', 'src', 'start'],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOW_SELF_CLOSE_IN_ATTR: false,
};

/** What may stand in an attribute, beyond what DOMPurify asks of it. */
const values: Readonly<Record<string, RegExp>> = {
  'data-href': /^(https:\/\/|mailto:|tel:)[^\s"'<>`]+$/,
  src: /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/,
  dir: /^(ltr|rtl|auto)$/,
  colspan: /^\d{1,3}$/,
  rowspan: /^\d{1,3}$/,
  start: /^\d{1,6}$/,
};
const owners: Readonly<Record<string, string>> = { 'data-href': 'A', src: 'IMG', alt: 'IMG' };

const purify = DOMPurify();
purify.addHook('uponSanitizeAttribute', (node, data) => {
  const { attrName: name, attrValue: value } = data;
  const owner = owners[name];
  const placed = owner === undefined || node.nodeName === owner;
  if (!placed || values[name]?.test(value) === false) data.keepAttr = false;
});

/** The body with nothing in it that acts, fetches or leads anywhere by itself. */
export function purified(html: string): string {
  return purify.sanitize(html, { ...config, RETURN_TRUSTED_TYPE: false });
}

/** The links of a body, in the order in which the frame numbers them. */
export function linksOf(html: string): ForeignLink[] {
  const links: ForeignLink[] = [];
  const parts = purify.sanitize(html, { ...config, RETURN_DOM_FRAGMENT: true });
  for (const link of parts.querySelectorAll('a[data-href]')) {
    const address = link.getAttribute('data-href') ?? '';
    const text = link.textContent.replace(/\s+/g, ' ').trim();
    links.push({ text, address, place: placeOf(address) });
  }
  return links;
}

function placeOf(address: string): string {
  if (address.startsWith('https:')) return URL.parse(address)?.host ?? address;
  return address.replace(/^(mailto|tel):/, '').replace(/\?.*$/, '');
}

const inside = Object.entries(policies.frame)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** The document of the frame. */
export function documentOf(html: string, dark: boolean): string {
  return (
    `<!doctype html><html${dark ? ' class="dark"' : ''}><head><meta charset="utf-8">` +
    `<meta http-equiv="Content-Security-Policy" content="${inside}">` +
    `<meta name="referrer" content="no-referrer"><style>${style}</style></head>` +
    `<body>${purified(html)}</body></html>`
  );
}

interface TrustedPolicy {
  createHTML(html: string, dark: boolean): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: TrustedPolicy): TrustedPolicy;
}

// Where the browser lets only trusted values into a frame, this is the one way
// to make one, and it cleans.
const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
const trusted =
  trustedTypes?.createPolicy('satchel-frame', { createHTML: documentOf }) ??
  ({ createHTML: documentOf } satisfies TrustedPolicy);

/** Shows a body in a frame, which has to be in a sandbox already. */
export function fill(frame: HTMLIFrameElement, html: string, dark: boolean): void {
  if (frame.getAttribute('sandbox') !== '') throw new Error('the frame is in no sandbox');
  frame.srcdoc = trusted.createHTML(html, dark);
}
