import { createManualClock, type ManualClock } from "@tenon/contract-tests";
import { openDatabase } from "example-setup/open-database";
import type { ProgramDatabase } from "../../black-box/src/databases.js";
import { type Sink, startSink } from "../../black-box/src/sink.js";
import { createFramework, type Framework } from "../src/framework.js";
import { readSettings } from "../src/settings.js";

/** What a case calls: the framework in this process, on a database and with a clock that it moves. */
export interface FacadeBench {
  readonly framework: Framework;
  readonly clock: ManualClock;
  /** Another framework on the same database, with other variables. */
  configure(env: Readonly<Record<string, string>>): Framework;
  /** A partner's receiver, closed when the case is over. */
  sink(): Promise<Sink>;
  /** Makes the attempts that are due, as a runner does, and returns how many. */
  deliverDue(framework?: Framework): Promise<number>;
  closeSinks(): Promise<void>;
  close(): Promise<void>;
}

const ENV = { JWT_SECRET: "j".repeat(32), TENON_VAULT_KEY: "v".repeat(32), DEMO: "1" };

export async function openFacade({ url }: ProgramDatabase): Promise<FacadeBench> {
  const { storage, close } = await openDatabase(url);
  const clock = createManualClock(new Date());
  const sinks: Sink[] = [];
  const configure = (env: Readonly<Record<string, string>>) =>
    createFramework({ storage, clock }, readSettings({ ...ENV, ...env }));
  const framework = configure({});
  return {
    framework,
    clock,
    configure,
    async sink() {
      const sink = await startSink();
      sinks.push(sink);
      return sink;
    },
    async deliverDue({ tenon } = framework) {
      const { attemptCount } = await tenon.webhooks.runOnce();
      return attemptCount;
    },
    async closeSinks() {
      await Promise.all(sinks.splice(0).map((sink) => sink.close()));
    },
    async close() {
      await framework.tenon.close();
      await close();
    },
  };
}
