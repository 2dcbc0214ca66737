/** Time as a rig and its threads have it: set by the rig, and slow in between, so that a busy machine makes nothing stale. */
export type SharedTime = Float64Array<SharedArrayBuffer>;

const machineNow = () => performance.timeOrigin + performance.now();

/** A second of the rig's is `slowness` of the machine's. */
export function createTime(startMs: number, slowness: number): SharedTime {
  const time = new Float64Array(new SharedArrayBuffer(24));
  time[2] = slowness;
  setTime(time, startMs);
  return time;
}

export function setTime(time: SharedTime, ms: number): void {
  time.set([ms, machineNow()]);
}

/** Epoch ms. */
export function now([set = 0, at = 0, slowness = 1]: SharedTime): number {
  return Math.floor(set + (machineNow() - at) / slowness);
}
