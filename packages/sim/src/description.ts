/** What `evac sim up --json` prints and the admin address serves: everything a stranger needs to use the world. */
export interface WorldDescription {
  /** Faults, this description, the observer's view: `http://127.0.0.1:PORT`. Not part of the simulated cloud. */
  admin: string;
  /** The authoritative DNS server, UDP and TCP. */
  dns: { host: string; port: number };
  /** The global control plane (Route 53's API); dies with `dns-api-loss`. */
  global: string;
  service: string;
  model: string;
  /** The name clients resolve; the port is the same in every region, unless `srv`. */
  dnsName: string;
  /**
   * True on a machine with one loopback address (macOS): regions differ by port, and only the name's SRV records
   * tell them apart. False: an address each, and A records do.
   */
  srv: boolean;
  ttlMs: number;
  port: number;
  /** 1 is real time; 0.2 makes launches, loads, health checks and TTLs five times faster. */
  scale: number;
  regions: WorldRegion[];
}

export interface WorldRegion {
  name: string;
  weight: number;
  /** The region's control plane and store, `POST {api}/rpc/{port}/{method}`; dies with `region-loss`. */
  api: string;
  /** The load balancer: `http://127.0.0.2:PORT`. */
  endpoint: string;
  group: string;
  zones: { name: string; id: string; controls: string[] }[];
  /** Controls of the vantage outside the VPC. */
  controls: string[];
  /** Those that the world began with; its view has those of now. */
  nodes: { id: string; zone: string; host: string; port: number }[];
}
