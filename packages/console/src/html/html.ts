const content = Symbol('markup');

/** Markup that is safe to put into a page as it is. The symbol keeps out what only looks like it: no JSON has one. */
export interface Markup {
  readonly [content]: string;
}

type Value = Markup | string | number | null | false | readonly Value[];

/**
 * A template whose every value is escaped, for text and for quoted attributes alike, unless it is markup already.
 * Lists are joined; null and false leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return asIs(parts.map((part, index) => part + text(values[index] ?? null)).join(''));
}

/** Text that is put into a page unescaped: only for text of our own. */
export function asIs(markup: string): Markup {
  return { [content]: markup };
}

/** The page's text. */
export function written(markup: Markup): string {
  return markup[content];
}

function text(value: Value): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if (content in value) return written(value);
  return Array.isArray(value) ? value.map(text).join('') : escapeText(String(value));
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters have no place in HTML or XML; a broken server's words may hold any. */
function escapeText(value: string): string {
  return value
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
