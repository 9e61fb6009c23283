import { createManualClock } from "@tenon/contract-tests";
import type { NewMessage, Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";

const message: NewMessage = {
  tenantId: "acme",
  id: "msg_1",
  type: "post.published",
  payload: "{}",
  channels: [],
  endpointId: undefined,
  idempotencyKey: undefined,
  requestHash: undefined,
  deliverAt: undefined,
};
const limits = [{ name: "hour", limit: 2, windowSeconds: 3600, algorithm: "sliding-window" as const }];
const find = { tenantId: "acme", messageId: "msg_1" };

describe("while a transaction is open", () => {
  test("a write from outside waits for its end", async () => {
    const { storage, transaction } = await openTransaction();
    const publishing = storage.messages.publish({ messages: [message] });
    expect(await storage.messages.find(find)).toBeUndefined();
    await transaction.end();
    await publishing;
    expect(await storage.messages.find(find)).toBeDefined();
  });

  test("a write that waited for the acquire limit is refused with advice, and never happens", async () => {
    const { storage, clock, transaction } = await openTransaction();
    const publishing = storage.messages.publish({ messages: [message] });
    const refused = expect(publishing).rejects.toMatchObject({
      code: "STORAGE_UNAVAILABLE",
      operation: "messages.publish",
      retryable: true,
      message: expect.stringContaining("within(handle)"),
    });
    clock.advance(1000);
    await refused;
    await transaction.end();
    expect(await storage.messages.find(find)).toBeUndefined();
  });

  test("the writer behind one that gave up gets its turn", async () => {
    const { storage, clock, transaction } = await openTransaction();
    const first = storage.messages.publish({ messages: [message] });
    clock.advance(600);
    const second = storage.messages.publish({ messages: [{ ...message, id: "msg_2" }] });
    const refused = expect(first).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    clock.advance(600);
    await refused;
    await transaction.end();
    await second;
    expect(await storage.messages.find({ ...find, messageId: "msg_2" })).toBeDefined();
  });

  test("another transaction waits for its end", async () => {
    const { storage, transaction } = await openTransaction();
    const order: string[] = [];
    const second = storage.transaction(async () => {
      order.push("second");
    });
    order.push("first ends");
    await transaction.end();
    await second;
    expect(order).toEqual(["first ends", "second"]);
  });

  test("rate limits of subjects it didn't charge are decided at once", async () => {
    const { storage, transaction } = await openTransaction();
    await transaction.bound.rateLimits.consume({ charges: [{ subject: "mine", cost: 1, limits }] });
    const outcome = await storage.rateLimits.consume({ charges: [{ subject: "another", cost: 1, limits }] });
    expect(outcome.allowed).toBe(true);
    await transaction.end();
    const counted = await storage.rateLimits.consume({ charges: [{ subject: "another", cost: 2, limits }] });
    expect(counted.allowed).toBe(false);
  });

  test("rate limits of a subject it charged wait, so that no charge is lost", async () => {
    const { storage, transaction } = await openTransaction();
    await transaction.bound.rateLimits.consume({ charges: [{ subject: "mine", cost: 1, limits }] });
    const outside = storage.rateLimits.consume({ charges: [{ subject: "mine", cost: 1, limits }] });
    await transaction.end();
    expect((await outside).allowed).toBe(true);
    expect(
      (await storage.rateLimits.consume({ charges: [{ subject: "mine", cost: 1, limits }] })).allowed,
    ).toBe(false);
  });
});

describe("configuration", () => {
  test.each([0, -1, Number.NaN])("an acquire limit of %s is refused", (acquireTimeoutMs) => {
    expect(() => memoryStorage({ acquireTimeoutMs })).toThrowError(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  test("another memory storage's handle is refused", async () => {
    const { transaction } = await openTransaction();
    expect(() => memoryStorage().bind(transaction.handle)).toThrowError(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    await transaction.end();
  });

  test("the given clock tells the time to calls that bring none", async () => {
    const clock = createManualClock(new Date("2030-05-05T05:05:05.000Z"));
    const [outcome] = await memoryStorage({ clock }).messages.publish({ messages: [message] });
    expect(outcome?.message.createdAt).toEqual(clock.now());
  });
});

/** A storage whose clock stands still, with a transaction that ends when told to. */
async function openTransaction() {
  const clock = createManualClock();
  const storage = memoryStorage({ clock, acquireTimeoutMs: 1000 });
  return { storage, clock, transaction: await beginTransaction(storage) };
}

function beginTransaction(storage: Storage) {
  return new Promise<{ handle: unknown; bound: Storage; end: () => Promise<void> }>((began) => {
    const transaction = storage.transaction(
      (handle) =>
        new Promise<void>((finish) => {
          const end = () => {
            finish();
            return transaction;
          };
          began({ handle, bound: storage.bind(handle), end });
        }),
    );
  });
}
