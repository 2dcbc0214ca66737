/** Markup that is safe to put into a page as it is. Only the `html` tag makes it. */
export interface Markup {
  readonly markup: string;
}

type Value = Markup | string | number | null | false | readonly Value[];

/**
 * A template whose every value is escaped, for text and for quoted attributes alike, unless it is markup already.
 * Lists are joined; null and false leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return { markup: parts.map((part, index) => part + text(values[index] ?? null)).join('') };
}

function text(value: Value): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map(text).join('');
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
