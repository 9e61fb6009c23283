import { createHash } from "node:crypto";
import type { Work } from "../measure/serve-slices.js";

/** Which subjects the calls name. */
export type SubjectPattern = "many" | "busy" | "one" | "key-and-tenant";

/** A contestant's ways to charge. */
export interface Charges {
  readonly oneSubject: (subject: string) => Promise<void>;
  readonly keyAndTenant: (key: string, tenant: string) => Promise<void>;
}

/** Calls under way at once. */
const IN_FLIGHT = 64;
const SUBJECT_COUNT = 10_000;
const BUSY_COUNT = 100;
const TENANT_COUNT = 100;

/** The same order of subjects for every contestant, without a pattern in it. Made beforehand: hashing costs as much as a call. */
const SCATTERED = Array.from(
  { length: 100_000 },
  (_, turn) => createHash("md5").update(String(turn)).digest().readUInt32LE(0) % SUBJECT_COUNT,
);

/** Makes a contestant of its way to charge: one subject, or a key together with its tenant. */
export function chargeWork(charge: Charges): Work {
  const pattern = process.env.BENCH_PATTERN as SubjectPattern;
  let turn = 0;
  const next = () => SCATTERED[turn++ % SCATTERED.length] ?? 0;
  const calls: Readonly<Record<SubjectPattern, () => Promise<void>>> = {
    many: () => charge.oneSubject(`subject-${next()}`),
    busy: () => charge.oneSubject(`subject-${next() % BUSY_COUNT}`),
    one: () => charge.oneSubject("subject"),
    "key-and-tenant": () => {
      const key = next();
      return charge.keyAndTenant(`key-${key}`, `tenant-${key % TENANT_COUNT}`);
    },
  };
  return { call: calls[pattern], inFlight: IN_FLIGHT, callsPerLook: 1 };
}
