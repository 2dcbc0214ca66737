import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { expect, it } from 'vitest';
import { html, written } from './html.ts';

it('escapes every value, in text and in attributes', () => {
  const evil = `"><script>alert('x')</script>&`;
  expect(written(html`<p title="${evil}">${evil}</p>`)).not.toContain('<script>');
});

it('gives back, once parsed, exactly the text that was put in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const [element] = parseFragment(written(html`<p title="${text}">${text}</p>`)).childNodes;
      if (!element || !('attrs' in element)) throw new Error('no element');
      expect(element.attrs).toHaveLength(1);
      // The parser itself turns a carriage return into a newline.
      expect(element.attrs[0]?.value).toBe(text.replace(/\r\n?/g, '\n'));
    }),
  );
});

it('replaces what may not stand in a page at all', () => {
  expect(written(html`${'a\u0000b\u001bc\ud800d\te\n'}`)).toBe('a\ufffdb\ufffdc\ufffdd\te\n');
});

it('joins lists, keeps markup, and leaves nothing for what is not there', () => {
  expect(written(html`<ul>${[1, 2].map((n) => html`<li>${n}</li>`)}${null}${false}</ul>`)).toBe(
    '<ul><li>1</li><li>2</li></ul>',
  );
});

it('takes no object for markup that has come from elsewhere', () => {
  const data: { text: string } = JSON.parse('{"text":{"markup":"<b>x</b>"}}');
  expect(written(html`${data.text}`)).not.toContain('<b>');
});
