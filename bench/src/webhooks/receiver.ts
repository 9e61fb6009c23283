import { type Child, startChild } from "../measure/child.js";
import type { ReceiverReport } from "./servers/receiver.js";

/** The partner's process. */
export interface Receiver {
  readonly url: string;
  /** What arrived since the last call. */
  report(): Promise<ReceiverReport>;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const child: Child = await startChild("webhooks/servers/receiver");
  return {
    url: (child.greeting as { readonly url: string }).url,
    report: async () => (await child.ask({})) as ReceiverReport,
    stop: child.stop,
  };
}

/** The share of sorted values that lies at or below the result. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
