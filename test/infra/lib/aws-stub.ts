import { once } from 'node:events';
import { createServer } from 'node:http';
import { account } from './engine/computed.ts';

/**
 * The few calls of AWS that the sst CLI makes for itself, in memory: parameters of SSM, and objects of S3 where it
 * keeps its state. `lost` are regions whose calls fail as in a region that is gone.
 */
export async function startAwsStub(lost: readonly string[] = []) {
  const parameters = new Map<string, string>();
  const objects = new Map<string, Buffer>();
  const calls: string[] = [];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const scope = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '');
    const region = scope?.[1] ?? 'us-east-1';
    const target = request.headers['x-amz-target'];
    const what = typeof target === 'string' ? target : `${request.method} ${request.url}`;
    calls.push(`${region} ${what}`);
    if (lost.includes(region)) {
      response.writeHead(503).end();
      return;
    }
    if (what.startsWith('AmazonSSM.')) parameter(response, what, region, body);
    else object(response, request.method ?? '', (request.url ?? '').replace(/\?.*/, ''), body);
  });

  function parameter(response: Response, what: string, region: string, body: Buffer): void {
    const { Name, Value }: { Name: string; Value: string } = JSON.parse(body.toString());
    const key = `${region}${Name}`;
    if (what.endsWith('PutParameter')) parameters.set(key, Value);
    if (what.endsWith('DeleteParameter')) parameters.delete(key);
    const found = Name === '/sst/bootstrap' ? bootstrapped(region) : parameters.get(key);
    if (!what.endsWith('GetParameter')) json(response, 200, { Version: 1 });
    else if (found === undefined) json(response, 400, { __type: 'ParameterNotFound' });
    else json(response, 200, { Parameter: { Name, Type: 'String', Value: found, Version: 1 } });
  }

  function object(response: Response, method: string, path: string, body: Buffer): void {
    const found = objects.get(path);
    if (method === 'GET' && !found) {
      response.writeHead(404, { 'content-type': 'application/xml' });
      response.end('<Error><Code>NoSuchKey</Code><Message>no</Message></Error>');
      return;
    }
    if (method === 'PUT') objects.set(path, body);
    if (method === 'DELETE') objects.delete(path);
    response.writeHead(200, { etag: '"x"' }).end(method === 'GET' ? found : undefined);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stub has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** As much of a response as is used here. */
interface Response {
  writeHead(status: number, headers?: Record<string, string>): this;
  end(body?: string | Buffer): unknown;
}

/** A version far above the CLI's own steps, so that it creates nothing. */
function bootstrapped(region: string): string {
  return JSON.stringify({
    ...{ version: 99, asset: `sst-asset-${region}`, state: `sst-state-${region}` },
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
  });
}

function json(response: Response, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
