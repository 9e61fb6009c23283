import { firstTables } from "./0001-first-tables.js";
import { keyUsage } from "./0002-key-usage.js";
import { endpointBacklog } from "./0003-endpoint-backlog.js";
import { replay } from "./0004-replay.js";
import { shortLived } from "./0005-short-lived.js";
import { endpointFeatures } from "./0006-endpoint-features.js";
import { retentionAndStatistics } from "./0007-retention-and-statistics.js";
import { audit } from "./0008-audit.js";
import { attemptError } from "./0009-attempt-error.js";
import { claimIndexes } from "./0010-claim-indexes.js";
import { deliveryFillfactor } from "./0011-delivery-fillfactor.js";
import type { Migration } from "./migration.js";

/** Every migration of this release, in order. */
export const ALL_MIGRATIONS: readonly Migration[] = [
  firstTables,
  keyUsage,
  endpointBacklog,
  replay,
  shortLived,
  endpointFeatures,
  retentionAndStatistics,
  audit,
  attemptError,
  claimIndexes,
  deliveryFillfactor,
];
