/** One request as the client that sent it saw it. */
export interface RequestResult {
  /** When it was sent, epoch ms. */
  askedAt: number;
  /** To the end of the answer, or until it had failed. */
  latencyMs: number;
  ok: boolean;
  /** Why it failed: `connect-refused`, `stream-cut`. */
  reason?: string;
}
