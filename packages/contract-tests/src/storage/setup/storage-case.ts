import type { Storage } from "@tenon/core/ports";

/** A case before it is given a storage. */
export interface StorageCase {
  readonly name: string;
  run(storage: Storage): Promise<void>;
}

/** Puts the subject of the promises before their names. */
export function about(
  subject: string,
  cases: Readonly<Record<string, (storage: Storage) => Promise<void>>>,
): readonly StorageCase[] {
  return Object.entries(cases).map(([name, run]) => ({ name: `${subject}: ${name}`, run }));
}
