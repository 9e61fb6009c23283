/** Runs jobs one at a time while few are under way, and together once they queue up. */
export type Coalesce<Job, Result> = (job: Job) => Promise<Result>;

export interface CoalesceOptions<Job, Result> {
  /** Runs a job for which nobody else is waiting. */
  readonly runAlone: (job: Job) => Promise<Result>;
  /**
   * Runs what is waiting at the moment it calls `take`: once it has a connection, so that jobs gather until then.
   * All of it takes effect, or nothing. Results come in the order of the jobs.
   */
  readonly runTogether: (take: () => readonly Job[]) => Promise<readonly Result[]>;
  /** Runs under way at once. */
  readonly mostRuns: number;
  /** Jobs run together. */
  readonly mostTogether: number;
  /** How long a job waits for its turn, in milliseconds. */
  readonly waitLimitMs: number;
  /** What a job gets that had no turn in time. */
  readonly tooLate: () => Error;
  /** What came of a failed run: whether it certainly took no effect, and whether the same may do better again. */
  readonly judge: (error: unknown) => { readonly isUndone: boolean; readonly isRetryable: boolean };
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly deadlineMs: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** How often jobs are run together that clash with somebody else's transaction, before each is run alone. */
const MOST_TRIES = 3;

export function createCoalescer<Job, Result>(options: CoalesceOptions<Job, Result>): Coalesce<Job, Result> {
  const { runAlone, runTogether, mostRuns, mostTogether, waitLimitMs } = options;
  const queue: Waiting<Job, Result>[] = [];
  let runs = 0;
  /** Runs that haven't taken their jobs yet. */
  let gathering = 0;
  let isStarting = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function take(): Waiting<Job, Result>[] {
    const taken = queue.splice(0, mostTogether);
    if (queue.length === 0) clearTimeout(timer);
    if (queue.length === 0) timer = undefined;
    return taken;
  }

  function refuseLate(): void {
    timer = undefined;
    const now = performance.now();
    const late = queue.findIndex(({ deadlineMs }) => deadlineMs > now);
    for (const { reject } of queue.splice(0, late < 0 ? queue.length : late)) reject(options.tooLate());
    watch();
  }

  function watch(): void {
    const [first] = queue;
    if (first === undefined || timer !== undefined) return;
    timer = setTimeout(refuseLate, Math.max(first.deadlineMs - performance.now(), 1));
  }

  /** After this turn of the event loop: those whose calls one run has answered mostly ask again in the same turn. */
  function startSoon(): void {
    if (isStarting) return;
    isStarting = true;
    setImmediate(() => {
      isStarting = false;
      startRuns();
    });
  }

  function startRuns(): void {
    // Another run is worth a connection only if those that gather leave something over.
    while (runs < mostRuns && queue.length > gathering * mostTogether) {
      runs += 1;
      const [only] = queue.length === 1 ? take() : [];
      (only === undefined ? settleQueue() : settleAlone(only)).finally(() => {
        runs -= 1;
        startSoon();
      });
    }
    watch();
  }

  async function settleAlone({ job, resolve, reject }: Waiting<Job, Result>): Promise<void> {
    await runAlone(job).then(resolve, reject);
  }

  async function settleQueue(): Promise<void> {
    let taken: readonly Waiting<Job, Result>[] = [];
    let isGathering = true;
    gathering += 1;
    const takeOnce = () => {
      if (!isGathering) return;
      isGathering = false;
      gathering -= 1;
      taken = take();
    };
    for (let tries = 1; ; tries++) {
      try {
        const results = await runTogether(() => {
          takeOnce();
          return taken.map(({ job }) => job);
        });
        for (const [index, { resolve }] of taken.entries()) resolve(results[index] as Result);
        return;
      } catch (error) {
        const { isUndone, isRetryable } = options.judge(error);
        const hadConnection = !isGathering;
        if (hadConnection && isUndone && isRetryable && tries < MOST_TRIES) continue;
        // Without a connection nothing was taken: those who wait now would fail as it did.
        takeOnce();
        // One job that the database refuses must not fail the others.
        if (hadConnection && isUndone && taken.length > 1) for (const each of taken) await settleAlone(each);
        else for (const { reject } of taken) reject(error);
        return;
      }
    }
  }

  return (job) =>
    new Promise((resolve, reject) => {
      queue.push({ job, resolve, reject, deadlineMs: performance.now() + waitLimitMs });
      startSoon();
    });
}
