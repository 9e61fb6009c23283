import type { Clock } from "../ports/clock.js";
import type { MessageReference, MessageStore } from "../ports/message-store.js";
import { createAlarm } from "./alarm.js";
import { COMMIT_LOOKS_MS } from "./defaults.js";
import { joinTold, type ToldMessages } from "./told-messages.js";

const LONGEST_MS = Math.max(...COMMIT_LOOKS_MS);

/** Looks for commits that are expected and that nobody tells us of. */
export interface CommitWatch {
  /**
   * Begins to look for messages that were published in one step in a host's transaction. Without any, for a change that
   * can't be looked for: then each look counts as its commit.
   */
  expect(messages: ToldMessages): void;
  /** Looks no more, and resolves when the last look is over. */
  stop(): Promise<void>;
}

interface ExpectedCommit {
  readonly messages: ToldMessages;
  /** What is looked for: with one of its messages, all are stored. */
  readonly witness: MessageReference | undefined;
  readonly sinceMs: number;
  lookCount: number;
}

/** Looks in a growing rhythm, one look for all that is due, until a commit is seen or too late to be worth a look. */
export function createCommitWatch({
  messages,
  tellIfStored,
  onCommitted,
  clock,
}: {
  readonly messages: Pick<MessageStore, "findStored">;
  /** Looks for one commit and acts on it in one step, where it can: whether it was found. */
  readonly tellIfStored: (messages: readonly MessageReference[]) => Promise<boolean> | undefined;
  /** Acts on commits that were found otherwise. */
  readonly onCommitted: (messages: ToldMessages) => void;
  readonly clock: Clock;
}): CommitWatch {
  const alarm = createAlarm(clock);
  const expected = new Set<ExpectedCommit>();
  let running: Promise<void> | undefined;
  let isStopped = false;

  async function run(): Promise<void> {
    while (!isStopped && expected.size > 0) {
      const nowMs = clock.now().getTime();
      const due = [...expected].filter((commit) => isDue(commit, nowMs));
      if (due.length > 0) await look(due);
      else await alarm.sleep(Math.min(...[...expected].map(nextLookMs)) - nowMs);
    }
    running = undefined;
  }

  async function look(due: readonly ExpectedCommit[]): Promise<void> {
    const [commit, ...others] = due;
    const telling = others.length === 0 && commit?.messages && tellIfStored(commit.messages);
    if (commit === undefined || !telling) return lookForAll(due);
    // What can't be looked for now is found by a later look, or by a poll.
    const isFound = await telling.catch(() => false);
    countLook(commit, isFound);
  }

  async function lookForAll(due: readonly ExpectedCommit[]): Promise<void> {
    const asked = due.flatMap(({ witness }) => witness ?? []);
    const stored = new Set(asked.length === 0 ? [] : await findStored(asked));
    const isFound = ({ witness }: ExpectedCommit) => witness !== undefined && stored.has(witness.messageId);
    for (const commit of due) countLook(commit, isFound(commit));
    const committed = due.filter((commit) => commit.witness === undefined || isFound(commit));
    if (committed.length > 0) onCommitted(committed.map(({ messages }) => messages).reduce(joinTold));
  }

  function countLook(commit: ExpectedCommit, isFound: boolean): void {
    commit.lookCount += 1;
    if (isFound || commit.lookCount >= COMMIT_LOOKS_MS.length) expected.delete(commit);
  }

  const findStored = (asked: readonly MessageReference[]) =>
    messages.findStored({ messages: asked }).catch((): readonly string[] => []);

  return {
    expect(messages) {
      if (isStopped) return;
      expected.add({ messages, witness: messages?.[0], sinceMs: clock.now().getTime(), lookCount: 0 });
      alarm.ring();
      running ??= run();
    },
    async stop() {
      isStopped = true;
      alarm.ring();
      await running;
    },
  };
}

function nextLookMs({ sinceMs, lookCount }: ExpectedCommit): number {
  return sinceMs + (COMMIT_LOOKS_MS[lookCount] ?? LONGEST_MS);
}

/** Also of one that lies further ahead than any: a clock that was set back would otherwise keep it for as long. */
function isDue(commit: ExpectedCommit, nowMs: number): boolean {
  const nextMs = nextLookMs(commit);
  return nextMs <= nowMs || nextMs > nowMs + LONGEST_MS;
}
