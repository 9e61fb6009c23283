import { counterKey } from "../counter-key.js";
import type { RateLimit } from "../limit.js";
import type { HeldLease, LeaseTable } from "./lease-table.js";
import { type LeasedCharge, type LeaseTakerConfig, type TakenLease, takeLease } from "./take-lease.js";

/** Spends of leases, and takes new ones from the store where they don't suffice. */
export interface LeaseTaker {
  /** Spends of every lease, or of none: undefined when one of the limits is reached. */
  takeAll(charges: readonly LeasedCharge[]): Promise<readonly HeldLease[] | undefined>;
  /** Keeps what is on its way for a subject from being held. */
  forget(subject: string): void;
}

interface Taking {
  readonly subject: string;
  readonly answer: Promise<TakenLease>;
  isForgotten: boolean;
}

/** For each lease at most one asking is under way: calls that come meanwhile wait for its answer. */
export function createLeaseTaker(config: LeaseTakerConfig, leases: LeaseTable): LeaseTaker {
  const { clock } = config;
  const takings = new Map<string, Taking>();

  async function take(charge: LeasedCharge): Promise<TakenLease> {
    const { subject, limit, cost } = charge;
    const key = takingKey(subject, limit);
    let answer: TakenLease | undefined;
    for (;;) {
      const lease = leases.findLive(subject, limit, clock.now().getTime());
      const left = lease?.left ?? 0;
      if (lease !== undefined && left >= cost) {
        lease.left -= cost;
        return { spent: lease };
      }
      // What others were refused is refused to this call too, unless it needs less.
      if (answer !== undefined && !answer.spent && answer.remaining < cost - left) return answer;
      const underWay = takings.get(key);
      if (underWay === undefined || underWay.isForgotten) return askStore(key, charge);
      answer = await underWay.answer;
    }
  }

  async function askStore(key: string, charge: LeasedCharge): Promise<TakenLease> {
    const context = { ...config, leases, isForgotten: () => taking.isForgotten };
    const answer = Promise.resolve().then(() => takeLease(charge, context));
    const taking: Taking = { subject: charge.subject, answer, isForgotten: false };
    takings.set(key, taking);
    try {
      return await answer;
    } finally {
      if (takings.get(key) === taking) takings.delete(key);
    }
  }

  return {
    async takeAll(charges) {
      const answers = await Promise.allSettled(charges.map(take));
      const spent = answers.flatMap((answer, index) => {
        const lease = answer.status === "fulfilled" ? answer.value.spent : undefined;
        return lease === undefined ? [] : [{ lease, cost: charges[index]?.cost ?? 0 }];
      });
      if (spent.length === charges.length) return spent.map(({ lease }) => lease);
      for (const { lease, cost } of spent) lease.left += cost;
      for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
      return undefined;
    },
    forget(subject) {
      for (const taking of takings.values()) if (taking.subject === subject) taking.isForgotten = true;
    },
  };
}

function takingKey(subject: string, limit: RateLimit): string {
  return `${limit.limit}:${counterKey(limit)}:${subject}`;
}
