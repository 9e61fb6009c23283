import { NotFoundError } from "../errors/tenon-error.js";

export function deliveryNotFound({ deliveryId }: { readonly deliveryId: string }): NotFoundError {
  return new NotFoundError(
    "DELIVERY_NOT_FOUND",
    `This tenant has no delivery ${JSON.stringify(deliveryId)}.`,
  );
}
