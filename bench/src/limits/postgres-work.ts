import { createHash } from "node:crypto";
import pg from "pg";
import type { Work } from "../measure/serve-slices.js";

/** Which subjects the calls name. */
export type SubjectPattern = "many" | "one" | "key-and-tenant";

/** Calls under way at once, on a pool of pg's default size. */
const IN_FLIGHT = 64;
const POOL_SIZE = 10;
const SUBJECT_COUNT = 10_000;
const TENANT_COUNT = 100;

export function openPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.env.BENCH_DATABASE_URL, max: POOL_SIZE });
}

/** Makes a contestant of its way to charge: one subject, or a key together with its tenant. */
export function postgresWork(charge: {
  readonly oneSubject: (subject: string) => Promise<void>;
  readonly keyAndTenant: (key: string, tenant: string) => Promise<void>;
}): Work {
  const pattern = process.env.BENCH_PATTERN as SubjectPattern;
  let turn = 0;
  const next = () => scatter(turn++) % SUBJECT_COUNT;
  const calls: Readonly<Record<SubjectPattern, () => Promise<void>>> = {
    many: () => charge.oneSubject(`subject-${next()}`),
    one: () => charge.oneSubject("subject"),
    "key-and-tenant": () => {
      const key = next();
      return charge.keyAndTenant(`key-${key}`, `tenant-${key % TENANT_COUNT}`);
    },
  };
  return { call: calls[pattern], inFlight: IN_FLIGHT, callsPerLook: 1 };
}

/** The same order of subjects for every contestant, without a pattern in it. */
function scatter(turn: number): number {
  return createHash("md5").update(String(turn)).digest().readUInt32LE(0);
}
