import { ConfigError } from "../../errors/tenon-error.js";
import type {
  EventHandler,
  EventSchemas,
  ReceivedWebhook,
  WebhookReceiverOptions,
} from "./receiver-options.js";

/**
 * Calls the handler in the host's transaction, unless the id was seen. Resolves once both are through; rejects with
 * what the handler rejected with, even if the transaction kept that to itself.
 * @throws {ConfigError} when the transaction resolves without having run anything.
 */
export async function handleOnce<Request, Transaction>(
  {
    // Without one, Transaction is undefined.
    transaction = (run) => run(undefined as Transaction),
    seen,
  }: Pick<WebhookReceiverOptions<Request, EventSchemas, Transaction>, "transaction" | "seen">,
  handler: EventHandler<Request, unknown, Transaction>,
  received: ReceivedWebhook,
  request: Request,
): Promise<void> {
  const runOnce = async (given: Transaction) => {
    if (await seen?.(received.id, given, request)) return;
    await handler(received, request, given);
  };
  // The last counts: a transaction may be run again.
  let last: Promise<void> | undefined;
  await transaction((given) => {
    last = runOnce(given);
    return last;
  });
  if (last === undefined) {
    throw new ConfigError([
      { pointer: "/transaction", message: "resolved without running what it was given" },
    ]);
  }
  await last;
}
