import type { Slice } from "./slice.js";

export interface Work {
  /** One call. It throws when the call was refused: a refusal is cheaper than what is measured. */
  call(): Promise<void>;
  /** Calls kept under way at once. Default 1. */
  readonly inFlight?: number;
  /** Calls between two looks at the time, which has its price. Default 32. */
  readonly callsPerLook?: number;
}

/** The contestant's side: sets up once, then works for as long as each message asks, and answers what it did. */
export async function serveSlices(setUp: () => Promise<Work>): Promise<void> {
  const { call, inFlight = 1, callsPerLook = 32 } = await setUp();
  process.on("message", ({ sliceMs }: { readonly sliceMs: number }) => {
    runSlice(sliceMs).then(
      (slice) => process.send?.(slice),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });

  async function runSlice(sliceMs: number): Promise<Slice> {
    let calls = 0;
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    const endAt = startedAt + sliceMs;
    const lane = async () => {
      while (performance.now() < endAt) {
        for (let look = 0; look < callsPerLook; look++) await call();
        calls += callsPerLook;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    const cpu = process.cpuUsage(cpuBefore);
    return { calls, wallMs: performance.now() - startedAt, cpuMs: (cpu.user + cpu.system) / 1000 };
  }
}
