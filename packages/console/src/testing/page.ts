import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A parsed page, with what the parser had to mend. */
export function openPage(html: string): { all: (name: string) => Element[]; errors: string[] } {
  const errors: string[] = [];
  const page = parse(html, { onParseError: (error) => errors.push(error.code) });
  return { all: (name) => elements(page).filter((element) => element.tagName === name), errors };
}

function elements(node: Node): Element[] {
  const here = 'tagName' in node ? [node] : [];
  return 'childNodes' in node ? [...here, ...node.childNodes.flatMap(elements)] : here;
}

export function attribute(element: Element, name: string): string {
  return element.attrs.find((attr) => attr.name === name)?.value ?? '';
}

export function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}
