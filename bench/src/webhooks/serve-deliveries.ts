import type { Slice } from "../measure/slice.js";

/** A contestant that delivers webhooks from a queue of its own in PostgreSQL. */
export interface Deliverer {
  /** Puts deliveries into the queue while nothing delivers. */
  fill(count: number): Promise<void>;
  /** Delivers so many, and resolves when that is written down. */
  deliver(count: number): Promise<void>;
  /** Delivers from now on until the process ends. */
  start(): Promise<void>;
}

/** What a contestant can be asked. */
export type DelivererRequest =
  | { readonly fill: number }
  | { readonly deliver: number }
  | { readonly start: true }
  | { readonly bytes: true };

/** The contestant's side: sets up once, then does as it is told. `deliver` is answered with a slice. */
export async function serveDeliveries(setUp: () => Promise<Deliverer>): Promise<void> {
  const deliverer = await setUp();
  process.on("message", (request: DelivererRequest) => {
    answer(request).then(
      (result) => process.send?.(result),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  process.send?.({ ready: true });

  async function answer(request: DelivererRequest): Promise<object> {
    if ("fill" in request) await deliverer.fill(request.fill);
    else if ("start" in request) await deliverer.start();
    else if ("bytes" in request) return { bytes: residentBytes() };
    else return measure(request.deliver);
    return { done: true };
  }

  async function measure(calls: number): Promise<Slice> {
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    await deliverer.deliver(calls);
    const cpu = process.cpuUsage(cpuBefore);
    return { calls, wallMs: performance.now() - startedAt, cpuMs: (cpu.user + cpu.system) / 1000 };
  }
}

/** What the process holds once its collector has run. */
function residentBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
