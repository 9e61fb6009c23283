import { startChild } from "./child.js";
import type { Contestant, Slice } from "./slice.js";

/** Long enough for the code to be compiled, where a call is short. */
const WARM_UP_MS = 2500;

/** Starts a contestant's process. Its `env` reaches only it. */
export async function startContestant(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Contestant<Slice>> {
  const child = await startChild(name, { env });
  return {
    run: async (sliceMs) => (await child.ask({ sliceMs })) as Slice,
    stop: child.stop,
  };
}

/**
 * Lets contestants work in turns (A B C, B C A, …), so that whatever else the machine does meets all of them, and
 * returns each one's slices, round by round. Before that each warms up, which is forgotten. Stops the contestants.
 * @param options.warmUpRounds how often each warms up, in turns. Default once.
 * @param options.warmUpCalls the fewest calls of a warm-up: where a call is long, time alone doesn't have its code
 *   compiled. Default any number.
 */
export async function interleave<Name extends string, Measured extends Slice>(
  contestants: Readonly<Record<Name, Contestant<Measured>>>,
  {
    rounds,
    sliceMs,
    warmUpRounds = 1,
    warmUpCalls = 0,
  }: {
    readonly rounds: number;
    readonly sliceMs: number;
    readonly warmUpRounds?: number;
    readonly warmUpCalls?: number;
  },
): Promise<Readonly<Record<Name, readonly Measured[]>>> {
  const names = Object.keys(contestants) as Name[];
  const slices = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<
    Name,
    Measured[]
  >;
  try {
    for (let round = 0; round < warmUpRounds; round++) {
      for (const name of names) {
        let { calls } = await contestants[name].run(WARM_UP_MS);
        while (calls < warmUpCalls) calls += (await contestants[name].run(WARM_UP_MS)).calls;
      }
    }
    for (let round = 0; round < rounds; round++) {
      const first = round % names.length;
      for (const name of [...names.slice(first), ...names.slice(0, first)]) {
        slices[name].push(await contestants[name].run(sliceMs));
      }
    }
  } finally {
    await Promise.all(names.map((name) => contestants[name].stop()));
  }
  return slices;
}
