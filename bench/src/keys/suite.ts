import { type LoadedServer, type LoadedSlice, startServer } from "../http/load.js";
import { interleave, startContestant } from "../measure/interleave.js";
import { callsPerCpuSecond } from "../measure/slice.js";
import { compare, type Row } from "../report/row.js";

interface Size {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpRounds?: number;
}

/** A server that was started once may have been compiled well or badly: it is started anew, and measured again. */
interface ServerSize extends Size {
  readonly starts: number;
}

/**
 * Slices of a size that says something, and such that only show that everything runs. Of calls, many short ones say more
 * than few long ones: what else the machine does comes and goes within a second. A server's are long: its first requests
 * find the other's memory in the processor's caches, and would be the slowest of a hundred. They warm up until the kit has
 * written down its keys' usage (after ten seconds) and read their records anew (after five more): it is code that runs then
 * for the first time, and others are compiled anew for it.
 */
const FULL = {
  calls: { rounds: 100, sliceMs: 100 },
  requests: { starts: 6, rounds: 4, sliceMs: 1_000, warmUpRounds: 4 },
};
const QUICK: typeof FULL = {
  calls: { rounds: 1, sliceMs: 100 },
  requests: { starts: 1, rounds: 1, sliceMs: 100, warmUpRounds: 1 },
};

/**
 * The heap of a service that does more than look at keys. V8 lets a heap grow by what it holds before it collects: left
 * to itself, a process that holds nothing else stays small, and is the faster for it, whatever its guard costs.
 */
const ROOM_OF_A_SERVICE = ["--initial-heap-size=128", "--min-semi-space-size=16"];

/** How fast keys are authenticated. */
export async function measureKeys({ isQuick }: { readonly isQuick: boolean }): Promise<readonly Row[]> {
  const { calls, requests } = isQuick ? QUICK : FULL;
  return [
    ...(await inTheProcess(calls)),
    ...(await overHttp("Express", "express", requests)),
    ...(await overHttp("Hono", "hono", requests)),
  ];
}

async function inTheProcess(size: Size): Promise<readonly Row[]> {
  const slices = await interleave(
    {
      tenon: await startContestant("keys/contestants/tenon"),
      handWritten: await startContestant("keys/contestants/hand-written"),
      fastHash: await startContestant("keys/contestants/hand-written-fast-hash"),
      betterAuth: await startContestant("keys/contestants/better-auth"),
      betterAuthWithFewKeys: await startContestant("keys/contestants/better-auth", { BENCH_KEYS: "10" }),
    },
    size,
  );
  const what = "authenticate a warm key: scope, two limits, in memory";
  const unit = "calls per CPU second";
  const ours = slices.tenon.map(callsPerCpuSecond);
  return [
    compare({
      what,
      against: "hand-written: SHA-256 (createHash), Map, rate-limiter-flexible twice",
      unit,
      ours,
      theirs: slices.handWritten.map(callsPerCpuSecond),
      target: 1.3,
    }),
    compare({
      what,
      against: "the same with crypto.hash",
      unit,
      ours,
      theirs: slices.fastHash.map(callsPerCpuSecond),
    }),
    compare({
      what,
      against: "better-auth verifyApiKey, memory adapter, its one limit; 1,000 keys, as all have",
      unit,
      ours,
      theirs: slices.betterAuth.map(callsPerCpuSecond),
      target: 300,
    }),
    compare({
      what,
      against: "the same with 10 keys",
      unit,
      ours,
      theirs: slices.betterAuthWithFewKeys.map(callsPerCpuSecond),
    }),
  ];
}

async function overHttp(
  framework: string,
  prefix: "express" | "hono",
  size: ServerSize,
): Promise<readonly Row[]> {
  const what = `${framework}, HTTP over loopback: requireApiKey, two limits, all headers`;
  const against = "hand-written, rate-limiter-flexible twice, the same headers";
  const [rate, p99] = await compareServers(prefix, size, ROOM_OF_A_SERVICE);
  const [bareRate, bareP99] = await compareServers(prefix, size, []);
  const bare = `${against}; both in processes that hold nothing else`;
  return [
    compare({ what, against, ...rate, target: 1 }),
    compare({ what, against, ...p99, target: 1 }),
    compare({ what, against: bare, ...bareRate }),
    compare({ what, against: bare, ...bareP99 }),
  ];
}

async function compareServers(
  prefix: "express" | "hono",
  { starts, ...size }: ServerSize,
  nodeFlags: readonly string[],
) {
  const ours: LoadedSlice[] = [];
  const theirs: LoadedSlice[] = [];
  const serve = (name: string) => startServer(`http/servers/${prefix}-${name}`, { nodeFlags });
  for (let start = 0; start < starts; start++) {
    // The one that is started, and warmed up, before the other has the longer p99, whichever it is.
    const servers =
      start % 2 === 0
        ? { tenon: await serve("tenon"), handWritten: await serve("hand-written") }
        : { handWritten: await serve("hand-written"), tenon: await serve("tenon") };
    await expectSameHeaders(servers.tenon, servers.handWritten);
    const slices = await interleave(servers, size);
    ours.push(...slices.tenon);
    theirs.push(...slices.handWritten);
  }
  return [
    {
      unit: "requests per CPU second of the server",
      ours: ours.map(callsPerCpuSecond),
      theirs: theirs.map(callsPerCpuSecond),
    },
    {
      unit: "p99 in ms (less is better)",
      ours: ours.map(({ p99Ms }) => p99Ms),
      theirs: theirs.map(({ p99Ms }) => p99Ms),
      lessIsBetter: true,
    },
  ] as const;
}

async function expectSameHeaders(one: LoadedServer, other: LoadedServer): Promise<void> {
  const [ours, theirs] = [await one.headerNames(), await other.headerNames()];
  if (String(ours.toSorted()) !== String(theirs.toSorted()))
    throw new Error(`the replies differ in their headers: ${ours} / ${theirs}`);
}
