/** What a contestant did in its turn. */
export interface Slice {
  readonly calls: number;
  readonly wallMs: number;
  /** User and system time of the contestant's process, its collector's threads included. */
  readonly cpuMs: number;
}

/** A contestant in a process of its own, which works only while it is asked to. */
export interface Contestant<Measured extends Slice> {
  run(sliceMs: number): Promise<Measured>;
  stop(): Promise<void>;
}

export function callsPerCpuSecond({ calls, cpuMs }: Slice): number {
  return (calls * 1000) / cpuMs;
}

export function callsPerSecond({ calls, wallMs }: Slice): number {
  return (calls * 1000) / wallMs;
}
