import { NotFoundError } from "../errors/tenon-error.js";

/** To a caller who comes too late there is no telling that it was ever there. */
const REMOVED = "What ended is removed once `webhooks.retentionDays` are over.";

export function endpointNotFound({ endpointId }: { readonly endpointId: string }): NotFoundError {
  return new NotFoundError("WEBHOOK_NOT_FOUND", `This tenant has no endpoint ${JSON.stringify(endpointId)}.`);
}

export function deliveryNotFound({ deliveryId }: { readonly deliveryId: string }): NotFoundError {
  return new NotFoundError(
    "DELIVERY_NOT_FOUND",
    `This tenant has no delivery ${JSON.stringify(deliveryId)}. ${REMOVED}`,
  );
}

export function messageNotFound({ messageId }: { readonly messageId: string }): NotFoundError {
  return new NotFoundError(
    "MESSAGE_NOT_FOUND",
    `This tenant has no message ${JSON.stringify(messageId)}. ${REMOVED}`,
  );
}
