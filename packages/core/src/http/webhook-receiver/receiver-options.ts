import type { SignatureProfile, StandardSchema, WebhookVerificationCode } from "@tenon/verify-webhook";

/** A verified webhook. */
export interface ReceivedWebhook<Event = unknown> {
  /** The same when the sender repeats the event: what it signed, or else what `idOf` found. */
  readonly id: string;
  /** When the sender signed this attempt. Undefined where the format doesn't say. */
  readonly timestamp: Date | undefined;
  /** What `typeOf` found. */
  readonly type: string | undefined;
  readonly event: Event;
  /** The format it was signed in. */
  readonly profile: SignatureProfile;
}

/** Event types with the schema of the whole event, as it stands in the body. */
export type EventSchemas = Readonly<Record<string, StandardSchema<unknown>>>;

export type EventHandler<Request, Event, Transaction> = (
  received: ReceivedWebhook<Event>,
  request: Request,
  transaction: Transaction,
) => void | Promise<void>;

/** Why a webhook was refused. `message` holds no secret and no signature; it is not for the sender. */
export interface WebhookRefusal {
  readonly code: WebhookVerificationCode | "missing_id";
  readonly message: string;
}

type EventOf<Schema extends StandardSchema<unknown>> = NonNullable<Schema["~standard"]["types"]>["output"];

export interface WebhookReceiverOptions<
  Request,
  Events extends EventSchemas = EventSchemas,
  Transaction = undefined,
> {
  /**
   * The sender's signing secret, several while one replaces another, or a function that finds them for a request.
   * What it rejects with goes to the host's error handler, as does a `ConfigError` for a secret that is none.
   */
  readonly secrets:
    | string
    | readonly string[]
    | ((request: Request) => string | readonly string[] | Promise<string | readonly string[]>);
  /**
   * The sender's wire format, several while it moves from one to another: every listed format whose signature header is
   * there must verify. Default Standard Webhooks; others are in `@tenon/verify-webhook/providers`.
   */
  readonly profiles?: SignatureProfile | readonly SignatureProfile[];
  /** Reads the body's text, if it isn't JSON. */
  readonly parse?: (text: string) => unknown;
  /** How far the timestamp may be off, in either direction. Default 300. */
  readonly toleranceSeconds?: number;
  /** A larger body is answered 413. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /**
   * Finds the id of an event whose format signs none; needed for such formats. What it takes from a header is not
   * signed: it knows the sender's own repeats, and not a replay by somebody else. Without an id: 400.
   */
  readonly idOf?: (event: unknown, request: Request) => string | undefined;
  /** Finds an event's type. Default: the event's `type`, if that is text. A header is not signed. */
  readonly typeOf?: (event: unknown, request: Request) => string | undefined;
  /** Checks and types events by type. One that doesn't fit is answered 400 and not handed on: the sender tries again. */
  readonly events?: Events;
  /**
   * Called with a verified event, by its type (those of `events`, where that is given); the reply is 204 once it
   * resolves. What it rejects with goes to the host's error handler, which answers 500 unless told otherwise: the
   * sender tries again.
   */
  readonly on?: {
    readonly [Type in keyof NoInfer<Events>]?: EventHandler<
      Request,
      EventOf<NoInfer<Events>[Type]>,
      Transaction
    >;
  };
  /** Called likewise with every event that `on` doesn't name. Left out: those are answered 204 and ignored. */
  readonly onEvent?: EventHandler<Request, unknown, Transaction>;
  /**
   * Runs what it is given in one transaction of the host's: commits once that resolves, and undoes everything once it
   * rejects. It may run it again, one after the other, if the storage asks for that. `seen` and the handler get what
   * it hands over.
   */
  readonly transaction?: (run: (transaction: Transaction) => Promise<void>) => Promise<unknown>;
  /**
   * Marks an id as seen, and tells whether it was before: then the handler isn't called, and the reply is 204. It
   * needs `transaction`, which it shares with the handler: a mark stays if and only if the handler's work does. Of two
   * at the same time one must wait for the other, as an insert into a unique index does. Ids are the sender's own:
   * where several send to one receiver, keep them by sender.
   */
  readonly seen?: (id: string, transaction: Transaction, request: Request) => boolean | Promise<boolean>;
  /** Told why a webhook was refused, before the reply, which doesn't say. What it rejects with goes to the host's error handler. */
  readonly onRefused?: (refusal: WebhookRefusal, request: Request) => void | Promise<void>;
}
