import { firstTables } from "./0001-first-tables.js";
import type { Migration } from "./migration.js";

/** Every migration of this release, in order. */
export const ALL_MIGRATIONS: readonly Migration[] = [firstTables];
