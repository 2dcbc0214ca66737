import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pack, packText, unpack, unpackText } from './pack.ts';

describe('what is packed', () => {
  const value = { nodes: Array.from({ length: 50 }, (_, i) => ({ node: `i-${i}`, said: '“200”' })) };

  it('is unpacked as it was, and is smaller', () => {
    expect(unpack(pack(value))).toEqual(value);
    expect(pack(value).byteLength).toBeLessThan(JSON.stringify(value).length / 4);
    expect(unpackText(packText(''))).toBe('');
  });

  it('by an earlier version, with gzip, is still read', () => {
    expect(unpack(gzipSync(JSON.stringify(value)))).toEqual(value);
  });

  it('by nobody we know is refused', () => {
    expect(() => unpackText(Uint8Array.of(2, 0, 0))).toThrow();
    expect(() => unpackText(Uint8Array.of(1, 255, 255, 255))).toThrow();
  });
});
