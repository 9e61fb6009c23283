/** Small enough for a laptop, and what a busy host tracks. */
export const TRACKED_SUBJECTS = 1_000_000;

export interface BytesAnswer {
  readonly bytesPerSubject: number;
}

/**
 * Counts one call for each of a million subjects and tells how much memory each took. The texts of the subjects are
 * made before: what holds on to them is charged for the reference, not for the text.
 */
export async function reportBytes(count: (subject: string) => Promise<unknown>): Promise<void> {
  const subjects = Array.from({ length: TRACKED_SUBJECTS }, (_, index) =>
    Buffer.from(`user:${String(index).padStart(12, "0")}`).toString("latin1"),
  );
  // What is set up once, by the first calls, is no subject's.
  await count("the first");
  const before = usedBytes();
  for (const subject of subjects) await count(subject);
  const bytesPerSubject = (usedBytes() - before) / subjects.length;
  process.send?.({ bytesPerSubject } satisfies BytesAnswer);
  process.on("disconnect", () => process.exit());
}

function usedBytes(): number {
  if (globalThis.gc === undefined) throw new Error("start this with --expose-gc");
  for (let time = 0; time < 3; time++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
