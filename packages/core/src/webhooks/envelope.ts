/** What an envelope is made of. */
export interface EnvelopeParts {
  readonly tenantId: string;
  readonly messageId: string;
  readonly type: string;
  /** When the event was published. */
  readonly timestamp: Date;
  readonly data: unknown;
}

/** Builds the object whose JSON is the request body. It must be made of JSON values, and come at once: no promise. */
export type Envelope = (parts: EnvelopeParts) => unknown;

/** `{ type, timestamp, data }` (Standard Webhooks, "Payload structure"). */
export const standardEnvelope: Envelope = ({ type, timestamp, data }) => ({
  type,
  timestamp: timestamp.toISOString(),
  data,
});
