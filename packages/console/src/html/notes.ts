import type { Run } from '../drill-result.ts';
import { html, type Markup } from './html.ts';

/** How the numbers were counted, and what they do not show. */
export function notes(run: Run): Markup {
  const seed = run.drills[0]?.seed;
  return html`<footer class="notes">
<dl>
<dt>Detected</dt><dd>From the fault to the first verdict that names it. All times count from the fault.</dd>
<dt>Traffic stopped</dt><dd>From the fault until nothing that was broken is given new requests.</dd>
<dt>Recovered</dt><dd>From the fault to the first good answer after the last request that failed, while the fault was still on.</dd>
<dt>Longest gap</dt><dd>The longest time in which no client got a good answer.</dd>
<dt>–</dt><dd>It did not happen, or there was nothing to measure.</dd>
</dl>
<p>Every request was sent as a client would: resolve the name, connect, stream, count. Measured against a simulated cloud on one machine with real sockets; it is no measurement of AWS.${seed !== undefined && ` The same seed, ${seed}, makes the same choices again.`}</p>
</footer>`;
}
