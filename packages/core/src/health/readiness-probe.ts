import { isTenonError } from "../errors/tenon-error.js";
import type { Clock } from "../ports/clock.js";
import type { Logger } from "../ports/logger.js";
import type { Storage } from "../ports/storage.js";
import { createTimedQuestion } from "./ask-in-time.js";
import { judgeReadiness, type Readiness, type ReadinessFindings } from "./readiness.js";

export interface ReadinessProbeConfig {
  readonly storage: Pick<Storage, "check" | "queue">;
  readonly pulse: () => ReadinessFindings["runner"];
  /** The host's own: each is well when it resolves. */
  readonly probes: Readonly<Record<string, () => Promise<unknown>>>;
  /** How long the storage, and each of the host's probes, may take. */
  readonly timeoutMs: number;
  readonly maxDueAgeMs?: number | undefined;
  readonly clock: Clock;
  readonly storeNow: () => { readonly now?: Date };
  readonly logger: Logger;
}

type StorageFindings = Pick<ReadinessFindings, "storage" | "pendingMigrations" | "oldestDueAgeMs"> & {
  readonly error?: unknown;
};

/** Makes what answers whether this process is ready. It never rejects. A change of the answer is logged, once. */
export function createReadinessProbe(config: ReadinessProbeConfig): () => Promise<Readiness> {
  const { pulse, maxDueAgeMs, logger } = config;
  const askStorage = createTimedQuestion(() => findInStorage(config), config);
  const askProbes = Object.entries(config.probes).map(
    ([name, probe]) => [name, createTimedQuestion(() => isWell(probe), config)] as const,
  );
  let wasReady = true;

  async function runProbes(): Promise<ReadinessFindings["probes"]> {
    const outcomes = askProbes.map(async ([name, ask]) => [name, await ask()] as const);
    return Object.fromEntries(await Promise.all(outcomes));
  }

  return async () => {
    const [answer, probes] = await Promise.all([askStorage(), runProbes()]);
    const { error, ...findings } = answer === "timeout" ? unknown("timeout") : answer;
    const readiness = judgeReadiness({ ...findings, probes, runner: pulse() }, { maxDueAgeMs });
    if (wasReady !== readiness.ok) {
      wasReady = readiness.ok;
      const { checks } = readiness;
      if (wasReady) logger.info({ checks }, "ready again");
      else logger.warn({ err: error, checks, pendingMigrations: findings.pendingMigrations }, "not ready");
    }
    return readiness;
  };
}

async function findInStorage({ storage, storeNow }: ReadinessProbeConfig): Promise<StorageFindings> {
  try {
    const { pendingMigrations } = await storage.check();
    // What is still to be made can't be read.
    if (pendingMigrations.length > 0) return { ...unknown("ok"), pendingMigrations };
    const oldest = await storage.queue.oldestDue(storeNow());
    return { storage: "ok", pendingMigrations, oldestDueAgeMs: oldest?.ageMs ?? 0 };
  } catch (error) {
    const isOut = isTenonError(error) && error.code === "STORAGE_UNAVAILABLE";
    return { ...unknown(isOut ? "unavailable" : "failed"), error };
  }
}

function unknown(storage: ReadinessFindings["storage"]): StorageFindings {
  return { storage, pendingMigrations: undefined, oldestDueAgeMs: undefined };
}

async function isWell(probe: () => Promise<unknown>): Promise<"ok" | "failed"> {
  try {
    await probe();
    return "ok";
  } catch {
    return "failed";
  }
}
