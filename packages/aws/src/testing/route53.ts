import { type Stub, type StubAnswer, type StubCall, type StubReply, startStub } from './stub.ts';

const version = '/2013-04-01';

/** A health check, and what its checkers see. */
interface FakeCheck {
  /** The config's elements, as XML. */
  config: string;
  /** One status a checker: `Success: …` or `Failure: …`. */
  seen: () => string[];
}

export interface FakeRoute53 extends Stub {
  /** The record sets of the zone: their XML, by name, type and set identifier. */
  sets: Map<string, string>;
  checks: Map<string, FakeCheck>;
  zones: { id: string; name: string; isPrivate?: boolean }[];
  /** How often a change is asked after before it is in sync. */
  pendingFor: number;
  setsPerPage: number;
  /** Asked before each call; null: nothing goes wrong. `lost`: it is done and the connection is cut. */
  trouble: (call: StubCall, nth: number) => StubReply | 'lost' | null;
}

/** Route 53's wire protocol, as much as the dns port speaks, over one zone in memory. */
export async function startRoute53(zoneName: string): Promise<FakeRoute53> {
  const changes = new Map<string, number>();
  const stub = await startStub((call, nth) => {
    const trouble = fake.trouble(call, nth);
    if (trouble !== null && trouble !== 'lost') return trouble;
    const answer = respond(call);
    return trouble === 'lost' ? 'reset' : answer;
  });
  const fake: FakeRoute53 = {
    ...stub,
    sets: new Map(),
    checks: new Map(),
    zones: [{ id: 'Z1', name: `${zoneName}.` }],
    pendingFor: 1,
    setsPerPage: 300,
    trouble: () => null,
  };

  function respond({ method, path, body }: StubCall): StubAnswer {
    const { pathname, searchParams: query } = new URL(path, 'http://localhost');
    const [kind, id = '', part] = pathname.slice(version.length + 1).split('/');
    if (kind === 'hostedzonesbyname') return zonesByName(query.get('dnsname') ?? '');
    if (kind === 'hostedzone' && part === 'rrset') {
      return method === 'POST' ? change(body) : list(query);
    }
    if (kind === 'change') return inSync(id);
    if (kind === 'healthcheck') return part === 'status' ? status(id) : config(id);
    return refused('NotImplemented', `${method} ${path}`);
  }

  /** In the order of the names from the last label on, from the name asked on. */
  function zonesByName(from: string): StubAnswer {
    const order = (name: string) => name.split('.').toReversed().join('.');
    const listed = fake.zones
      .filter((z) => order(z.name) >= order(from))
      .toSorted((a, b) => (order(a.name) < order(b.name) ? -1 : 1))
      .map(({ id, name, isPrivate = false }) => {
        const config = `<Config><PrivateZone>${isPrivate}</PrivateZone></Config>`;
        return `<HostedZone><Id>/hostedzone/${id}</Id><Name>${name}</Name><CallerReference>x</CallerReference>${config}</HostedZone>`;
      });
    return ok(
      'ListHostedZonesByNameResponse',
      `<HostedZones>${listed.join('')}</HostedZones><IsTruncated>false</IsTruncated><MaxItems>10</MaxItems>`,
    );
  }

  function list(query: URLSearchParams): StubAnswer {
    const from = nameOf(query.get('name') ?? '', query.get('type') ?? '', query.get('identifier') ?? '');
    const all = [...fake.sets].filter(([name]) => name >= from).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const page = all.slice(0, fake.setsPerPage);
    const next = all[page.length]?.[0].split(' ');
    const more = next
      ? `<NextRecordName>${next[0]}</NextRecordName><NextRecordType>${next[1]}</NextRecordType><NextRecordIdentifier>${next[2]}</NextRecordIdentifier>`
      : '';
    const sets = page.map(([, xml]) => `<ResourceRecordSet>${xml}</ResourceRecordSet>`).join('');
    return ok(
      'ListResourceRecordSetsResponse',
      `<ResourceRecordSets>${sets}</ResourceRecordSets><IsTruncated>${next !== undefined}</IsTruncated>${more}<MaxItems>300</MaxItems>`,
    );
  }

  function change(body: string): StubAnswer {
    for (const [, xml = ''] of body.matchAll(/<ResourceRecordSet>(.*?)<\/ResourceRecordSet>/gs))
      put(fake, xml);
    const id = `C${changes.size + 1}`;
    changes.set(id, fake.pendingFor);
    return ok('ChangeResourceRecordSetsResponse', changeInfo(id, 'PENDING'));
  }

  function inSync(id: string): StubAnswer {
    const left = changes.get(id);
    if (left === undefined) return refused('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
    changes.set(id, left - 1);
    return ok('GetChangeResponse', changeInfo(id, left > 0 ? 'PENDING' : 'INSYNC'));
  }

  function config(id: string): StubAnswer {
    const check = fake.checks.get(id);
    if (!check) return refused('NoSuchHealthCheck', `no health check ${id}`, 404);
    return ok(
      'GetHealthCheckResponse',
      `<HealthCheck><Id>${id}</Id><CallerReference>x</CallerReference><HealthCheckVersion>1</HealthCheckVersion><HealthCheckConfig>${check.config}</HealthCheckConfig></HealthCheck>`,
    );
  }

  function status(id: string): StubAnswer {
    const check = fake.checks.get(id);
    if (!check) return refused('NoSuchHealthCheck', `no health check ${id}`, 404);
    if (check.config.includes('CALCULATED')) return refused('InvalidInput', `${id} is a calculated check`);
    const seen = check
      .seen()
      .map(
        (text) =>
          `<HealthCheckObservation><StatusReport><Status>${text}</Status></StatusReport></HealthCheckObservation>`,
      );
    return ok(
      'GetHealthCheckStatusResponse',
      `<HealthCheckObservations>${seen.join('')}</HealthCheckObservations>`,
    );
  }

  return fake;
}

/** Puts a record set, given as the elements inside of it. */
export function put(fake: FakeRoute53, xml: string): void {
  const element = (name: string) => xml.match(new RegExp(`<${name}>(.*?)</${name}>`))?.[1] ?? '';
  const name = element('Name').replace(/\.?$/, '.');
  fake.sets.set(
    nameOf(name, element('Type'), element('SetIdentifier')),
    xml.replace(/<Name>.*?<\/Name>/, `<Name>${name}</Name>`),
  );
}

/** An alias to a load balancer, as a weighted record. */
export function aliasRecord(
  name: string,
  region: string,
  weight: number,
  more: { type?: string; check?: string; target?: string } = {},
): string {
  const { type = 'A', check, target = `llm-1.${region}.elb.amazonaws.com` } = more;
  const alias = `<AliasTarget><HostedZoneId>Z1H1FL5HABSF5</HostedZoneId><DNSName>${target}.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>`;
  const health = check ? `<HealthCheckId>${check}</HealthCheckId>` : '';
  return `<Name>${name}</Name><Type>${type}</Type><SetIdentifier>${region}</SetIdentifier><Weight>${weight}</Weight>${alias}${health}`;
}

export function refused(code: string, message: string, status = 400): StubAnswer {
  return xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    status,
  );
}

function nameOf(name: string, type: string, identifier: string): string {
  return `${name.replace(/\.?$/, '.')} ${type} ${identifier}`.trimEnd();
}

function changeInfo(id: string, status: string): string {
  return `<ChangeInfo><Id>/change/${id}</Id><Status>${status}</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo>`;
}

function ok(root: string, content: string): StubAnswer {
  return xml(`<${root} xmlns="https://route53.amazonaws.com/doc/2013-04-01/">${content}</${root}>`);
}

function xml(body: string, status = 200): StubAnswer {
  return { status, body: `<?xml version="1.0"?>${body}`, headers: { 'content-type': 'text/xml' } };
}
