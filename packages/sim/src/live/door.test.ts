import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { type Door, openDoor } from './door.ts';
import { ownAddress } from './testing/own-address.ts';

const opened: Door[] = [];
afterEach(async () => {
  for (const door of opened.splice(0)) await door.close();
});

async function door(handler: http.RequestListener): Promise<Door> {
  const made = await openDoor(http.createServer(handler), { host: ownAddress, port: 0 });
  opened.push(made);
  return made;
}

const url = (to: Door) => `http://${to.host}:${to.port}/`;
const codeOf = (error: unknown) => (error as { cause?: { code?: string } }).cause?.code;

test('an open door serves', async () => {
  const to = await door((_request, response) => response.end('hello'));
  expect(await (await fetch(url(to))).text()).toBe('hello');
});

test('a refusing door refuses, and serves again at the same address when it opens', async () => {
  const to = await door((_request, response) => response.end('hello'));
  await to.set('refusing');
  await expect(fetch(url(to))).rejects.toSatisfy((error) => codeOf(error) === 'ECONNREFUSED');
  await to.set('open');
  expect(await (await fetch(url(to))).text()).toBe('hello');
});

test('closing a door cuts what is under way', async () => {
  const to = await door((_request, response) => response.write('half'));
  const response = await fetch(url(to));
  await to.set('refusing');
  await expect(response.text()).rejects.toThrow();
});

test('a dark door answers nothing until it is lit, and then what was asked', async () => {
  const served: string[] = [];
  const to = await door((request, response) => {
    served.push(request.url ?? '');
    response.end('hello');
  });
  await to.set('dark');
  const asked = fetch(url(to));
  // Another, open door proves that the loop had every chance to serve.
  const other = await door((_request, response) => response.end('other'));
  for (let i = 0; i < 5; i++) await (await fetch(url(other))).text();
  expect(served).toEqual([]);
  await to.set('open');
  expect(await (await asked).text()).toBe('hello');
});

test('a stream stands still in the dark and goes on after it', async () => {
  const serving = Promise.withResolvers<http.ServerResponse>();
  const to = await door((_request, response) => serving.resolve(response));
  const asked = fetch(url(to));
  const response = await serving.promise;
  response.write('a');
  const body = (await asked).body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await body.read()).value).toBe('a');
  await to.set('dark');
  response.end('b');
  const next = body.read();
  const other = await door((_request, response) => response.end('other'));
  for (let i = 0; i < 5; i++) await (await fetch(url(other))).text();
  expect(await Promise.race([next, Promise.resolve('nothing')])).toBe('nothing');
  await to.set('open');
  expect((await next).value).toBe('b');
  expect((await body.read()).done).toBe(true);
});
