import type { Storage } from "@tenon/core/ports";

/** A case before it is given a storage, or as much of one as it needs. */
export interface StorageCase<Subject = Storage> {
  readonly name: string;
  run(storage: Subject): Promise<void>;
}

/** Puts the subject of the promises before their names. */
export function about<Subject = Storage>(
  subject: string,
  cases: Readonly<Record<string, (storage: Subject) => Promise<void>>>,
): readonly StorageCase<Subject>[] {
  return Object.entries(cases).map(([name, run]) => ({ name: `${subject}: ${name}`, run }));
}
