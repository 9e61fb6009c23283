/** Work that goes on beside the calls of the host. */
export interface BackgroundTask {
  /** Begins. What fails here is the task's own to report and to try again: it rejects on mistakes of the host's alone. */
  start(): Promise<void>;
  /** Ends, and finishes what must not be lost; also when it never began. May be started again. */
  stop(): Promise<void>;
}

/** Several tasks as one. Starting twice starts once; stopping stops each, whatever becomes of the others. */
export function createBackground(tasks: readonly BackgroundTask[]): BackgroundTask {
  let started: Promise<unknown> | undefined;
  return {
    async start() {
      started ??= Promise.all(tasks.map((task) => task.start()));
      await started;
    },
    async stop() {
      // One that is still starting would otherwise go on after its end.
      await started?.catch(() => {});
      started = undefined;
      const outcomes = await Promise.allSettled(tasks.map((task) => task.stop()));
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },
  };
}
