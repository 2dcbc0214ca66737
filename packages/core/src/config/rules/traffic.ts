import { error, repeated, type ServiceRule, warning } from './mistake.ts';

/** Endpoints, the DNS name, and who may move them. */

/** Scheme, host and port; null if the text is no such URL. */
export function origin(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : null;
}

const endpointsAreUrls: ServiceRule = ({ regions, dns }) =>
  regions.flatMap(({ endpoint, region }, i) => {
    const path = `regions[${i}].endpoint`;
    const url = origin(endpoint);
    if (!url)
      return [error(path, endpoint, `is no URL of HTTP; https://llm.${region}.example.com would be right`)];
    if (url.pathname !== '/' || url.search !== '')
      return [error(path, endpoint, `has a path; the probe brings its own: ${url.origin} would be right`)];
    if (dns && url.hostname === dns.name.toLowerCase())
      return [
        error(
          path,
          endpoint,
          `is the name that failover moves, so it would show another region's health; the region's own load balancer would be right`,
          ['dns.name'],
        ),
      ];
    return [];
  });

const endpointsDiffer: ServiceRule = ({ regions }) =>
  repeated(regions, (r) => r.endpoint).map(({ index, first }) =>
    error(
      `regions[${index}].endpoint`,
      regions[index]?.endpoint,
      `is the endpoint of regions[${first}] as well: neither region could be told from the other; each region's own load balancer would be right`,
    ),
  );

const nameForm =
  /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

const dnsNameFormed: ServiceRule = ({ dns }) => {
  if (!dns || nameForm.test(dns.name)) return [];
  return [
    error(
      'dns.name',
      dns.name,
      'is no DNS name; llm.example.com would be right: no scheme, path or final dot',
    ),
  ];
};

const ttlInSeconds: ServiceRule = ({ dns }) => {
  if (!dns || dns.ttlMs % 1_000 === 0) return [];
  return [
    error(
      'dns.ttl',
      `${dns.ttlMs}ms`,
      'is no whole number of seconds, as DNS counts them; 30s would be right',
    ),
  ];
};

const failoverHasDns: ServiceRule = ({ regions, dns, policy }) => {
  if (regions.length < 2 || dns) return [];
  const message =
    'is missing: with several regions and no name to move, fail-over-region cannot be done; { name: "llm.example.com" } would be right';
  const acts = policy['fail-over-region'] !== 'observe';
  return [(acts ? error : warning)('dns', undefined, message, ['dns', 'policy', 'regions'])];
};

/** No error: `policy: 'automatic'` may well mean every move that there can be. */
const failoverHasTarget: ServiceRule = ({ regions, policy }) => {
  const mode = policy['fail-over-region'];
  if (regions.length > 1 || mode === 'observe') return [];
  return [
    warning(
      'policy.fail-over-region',
      mode,
      'has nowhere to go: the service has one region; "observe" would be right, or a second region',
      ['regions', 'policy'],
    ),
  ];
};

const windowsInOrder: ServiceRule = ({ maintenance }, now) =>
  maintenance.flatMap(({ from, to }, i) => {
    const end = new Date(to).toISOString();
    if (from >= to)
      return [
        error(
          `maintenance[${i}].to`,
          end,
          `is not after from, ${new Date(from).toISOString()}; a later time would be right`,
        ),
      ];
    if (now === null || to > now) return [];
    return [warning(`maintenance[${i}].to`, end, 'is over: the window does nothing any more, and can go')];
  });

export const trafficRules = [
  endpointsAreUrls,
  endpointsDiffer,
  dnsNameFormed,
  ttlInSeconds,
  failoverHasDns,
  failoverHasTarget,
  windowsInOrder,
];
