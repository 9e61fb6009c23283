import type { Storage } from "@tenon/core/ports";
import { brokenApiKeys } from "./api-keys.js";
import { brokenAudit } from "./audit.js";
import { brokenChecks } from "./checks.js";
import { brokenEndpoints } from "./endpoints.js";
import { brokenFigures } from "./figures.js";
import { brokenKeyChanges } from "./key-changes.js";
import { brokenKeyUsage } from "./key-usage.js";
import { brokenMessages } from "./messages.js";
import { brokenQueues } from "./queue.js";
import { brokenQueueChanges } from "./queue-changes.js";
import { brokenRateLimits } from "./rate-limits.js";
import { brokenReplays } from "./replays.js";
import { brokenRetention } from "./retention.js";
import { brokenShortLived } from "./short-lived.js";
import { brokenTransactions } from "./transactions.js";

/** A storage that breaks one promise. */
export interface BrokenStorage {
  readonly name: string;
  /** The case that must catch it. */
  readonly caughtBy: string;
  create(): Storage;
}

const breakages = {
  ...brokenApiKeys,
  ...brokenKeyChanges,
  ...brokenKeyUsage,
  ...brokenRateLimits,
  ...brokenShortLived,
  ...brokenEndpoints,
  ...brokenMessages,
  ...brokenQueues,
  ...brokenQueueChanges,
  ...brokenReplays,
  ...brokenRetention,
  ...brokenFigures,
  ...brokenAudit,
  ...brokenTransactions,
  ...brokenChecks,
};

/** Breaks a good storage in one way at a time, so that the contract can show that it bites. */
export function brokenStorages(createGood: () => Storage): readonly BrokenStorage[] {
  return Object.entries(breakages).map(([name, { caughtBy, breakIt }]) => ({
    name,
    caughtBy,
    create: () => breakIt(createGood()),
  }));
}
