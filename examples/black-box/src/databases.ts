import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { createTestDatabase } from "../../../packages/storage-postgres/test/test-database.js";

/** A database of a program's own, which outlives its process. */
export interface ProgramDatabase {
  /** For `DATABASE_URL`. */
  readonly url: string;
  remove(): Promise<void>;
}

/** The databases that each program is proved on, by their names. */
export const DATABASES: Readonly<Record<string, () => Promise<ProgramDatabase>>> = {
  async PGlite() {
    const folder = await mkdtemp(join(tmpdir(), "tenon-example-"));
    return {
      url: `file:${join(folder, "data")}`,
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
  async PostgreSQL() {
    const { url, drop } = await createTestDatabase(inject("postgres").url);
    return { url, remove: drop };
  },
};
