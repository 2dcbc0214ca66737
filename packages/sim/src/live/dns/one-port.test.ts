import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ownAddress } from '../testing/own-address.ts';
import { listenOnOnePort } from './one-port.ts';

test('a port whose UDP half is somebody else’s is let go, and another one taken', async () => {
  const taken = dgram.createSocket('udp4').bind(0, ownAddress);
  await once(taken, 'listening');
  const tcp = net.createServer();
  const listen = tcp.listen.bind(tcp);
  const asked = vi.spyOn(tcp, 'listen');
  asked.mockImplementationOnce(() => listen(taken.address().port, ownAddress));
  const { udp, port } = await listenOnOnePort(tcp, ownAddress);
  onTestFinished(() => {
    for (const one of [taken, udp, tcp]) one.close();
  });
  expect(asked).toHaveBeenCalledTimes(2);
  expect(port).not.toBe(taken.address().port);
  expect([udp.address(), tcp.address()]).toMatchObject([{ port }, { port }]);
});
