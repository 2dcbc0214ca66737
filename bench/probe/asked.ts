import { createServer } from 'node:http';

/** Serves what every prober is pointed at, where nginx is not installed. Run as a process of its own. */
const body = '{"object":"list","data":[{"id":"m1","object":"model"}]}';
let served = 0;

const server = createServer((request, response) => {
  if (request.url === '/count') {
    response.end(String(served));
    return;
  }
  served++;
  response.setHeader('content-type', 'application/json');
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit());
