import type { Random } from '@evac/core';
import type { Answer, DecodedPacket, Packet, Question } from 'dns-packet';
import { AUTHORITATIVE_ANSWER, RECURSION_DESIRED } from 'dns-packet';

/** What the authoritative server knows, read anew for every question. */
export interface ZoneData {
  /** The name clients resolve, `chat.evac.test`; the zone is what follows its first label. */
  name: string;
  ttlMs: number;
  /** The records in play with their weights; weights that are all zero mean equal traffic. */
  records(): { region: string; weight: number }[];
  regions: { region: string; host: string; port: number }[];
  random: Random;
}

const rcodes = { NOERROR: 0, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/** TTLs are whole seconds; a world in a hurry must not make them zero, which would forbid caching. */
export function ttlSeconds(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs / 1_000));
}

/**
 * The answer to one decoded query, as Route 53 gives it: one record, drawn by weight, with the AA bit; the zone's SOA
 * where there is nothing to say; REFUSED outside of the zone. Null for what deserves no answer.
 */
export function answerQuery(query: DecodedPacket, zone: ZoneData): Packet | null {
  const question = query.questions?.[0];
  if (query.type !== 'query' || !question) return null;
  const reply = resolve(query, question, zone);
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: rcodes[reply.rcode] | (reply.authoritative ? AUTHORITATIVE_ANSWER : 0) | recursionDesired(query),
    questions: [question],
    answers: reply.answers,
    authorities: reply.authorities,
    additionals: [...reply.additionals, ...edns(query)],
  };
}

interface Reply {
  rcode: keyof typeof rcodes;
  authoritative: boolean;
  answers: Answer[];
  authorities: Answer[];
  additionals: Answer[];
}

const nothing = { authoritative: true, answers: [], authorities: [], additionals: [] };

function resolve(query: DecodedPacket, question: Question, zone: ZoneData): Reply {
  if (opcodeOf(query) !== 0) return { ...nothing, rcode: 'NOTIMP', authoritative: false };
  const asked = question.name.toLowerCase();
  const name = zone.name.toLowerCase();
  const origin = name.slice(name.indexOf('.') + 1);
  if (question.class !== 'IN' || (asked !== origin && !asked.endsWith(`.${origin}`))) {
    return { ...nothing, rcode: 'REFUSED', authoritative: false };
  }
  const ttl = ttlSeconds(zone.ttlMs);
  const soa = soaOf(origin, ttl);
  const empty: Reply = { ...nothing, rcode: 'NOERROR', authorities: [soa] };
  if (asked === origin) {
    if (question.type === 'SOA') return { ...nothing, rcode: 'NOERROR', answers: [soa] };
    const ns: Answer = { type: 'NS', name: origin, ttl, data: `ns.${origin}` };
    return question.type === 'NS' ? { ...nothing, rcode: 'NOERROR', answers: [ns] } : empty;
  }
  const host = hostOf(asked, name, zone);
  if (!host) return { ...empty, rcode: asked === name ? 'NOERROR' : 'NXDOMAIN' };
  const a: Answer = { type: 'A', name: question.name, ttl, data: host.host };
  if (question.type === 'A') return { ...nothing, rcode: 'NOERROR', answers: [a] };
  if (question.type !== 'SRV') return empty;
  const target = `${host.region}.${name}`;
  const srv: Answer = {
    type: 'SRV',
    name: question.name,
    ttl,
    data: { priority: 1, weight: 1, port: host.port, target },
  };
  return { ...nothing, rcode: 'NOERROR', answers: [srv], additionals: [{ ...a, name: target }] };
}

/** The service's name leads to one region by weight, `REGION.NAME` to that one whatever its health. */
function hostOf(asked: string, name: string, zone: ZoneData): ZoneData['regions'][number] | undefined {
  const wanted = asked === name ? draw(zone.records(), zone.random) : asked.slice(0, -name.length - 1);
  if (asked !== name && !asked.endsWith(`.${name}`)) return undefined;
  return zone.regions.find((r) => r.region === wanted);
}

function draw(records: { region: string; weight: number }[], random: Random): string | undefined {
  const total = records.reduce((sum, r) => sum + r.weight, 0);
  const equal = total === 0;
  let left = random.next() * (equal ? records.length : total);
  for (const { region, weight } of records) {
    left -= equal ? 1 : weight;
    if (left < 0) return region;
  }
  return undefined;
}

function soaOf(origin: string, ttl: number): Answer {
  const [mname, rname] = [`ns.${origin}`, `hostmaster.${origin}`];
  const data = { mname, rname, serial: 1, refresh: 7_200, retry: 900, expire: 1_209_600, minimum: ttl };
  return { type: 'SOA', name: origin, ttl, data };
}

/** 0 is an ordinary query; anything else is NOTIFY, UPDATE and the like. */
function opcodeOf(query: DecodedPacket): number {
  return ((query.flags ?? 0) >> 11) & 15;
}

function recursionDesired(query: DecodedPacket): number {
  return query.flag_rd ? RECURSION_DESIRED : 0;
}

/** A query with EDNS gets an answer with EDNS; its options are none of ours. */
function edns(query: DecodedPacket): Answer[] {
  if (!query.additionals?.some((a) => a.type === 'OPT')) return [];
  return [
    {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 1_232,
      extendedRcode: 0,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ];
}
