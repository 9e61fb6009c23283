import { firstTables } from "./0001-first-tables.js";
import { keyUsage } from "./0002-key-usage.js";
import { endpointBacklog } from "./0003-endpoint-backlog.js";
import { replay } from "./0004-replay.js";
import type { Migration } from "./migration.js";

/** Every migration of this release, in order. */
export const ALL_MIGRATIONS: readonly Migration[] = [firstTables, keyUsage, endpointBacklog, replay];
