import type { AskedSettings } from "../../api-keys/key-rules.js";
import type { ReadKeyUsage } from "../../api-keys/key-usage.js";
import type { InputProblem } from "../../errors/tenon-error.js";
import type { Cidr } from "../../network/cidr.js";
import type { Clock } from "../../ports/clock.js";
import type { Crypto } from "../../ports/crypto.js";
import type { Logger } from "../../ports/logger.js";
import type { Random } from "../../ports/random.js";
import type { ShortLivedStore } from "../../ports/short-lived-store.js";
import type { Storage, Stores } from "../../ports/storage.js";
import type { LimitService } from "../../rate-limit/limit-service.js";
import type { TenonServices } from "../../tenon.js";
import type { Vault } from "../../vault/vault.js";
import type { AskedEndpoint } from "../../webhooks/endpoint-rules.js";
import type { EventTypeService } from "../../webhooks/event-type-service.js";
import type { TestEvent } from "../../webhooks/send-test.js";
import type { WebhookFormat } from "../openapi/webhooks/describe-webhooks.js";
import type { RenderRefusal } from "../replies/refusal.js";

/** What services hold fields against once they fit their schemas. What is absent isn't judged. */
export interface FieldRules {
  findKeyProblems(fields: AskedSettings): readonly InputProblem[];
  findEndpointProblems(fields: AskedEndpoint): readonly InputProblem[];
  findTestProblems(event: TestEvent): Promise<readonly InputProblem[]>;
}

/** What of the kit's wiring the management API works with, beside the services. */
export interface ManagementKit {
  readonly storage: Storage;
  /** The storage's own, or the one that the host gave beside it. */
  readonly shortLived: ShortLivedStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
  readonly rules: FieldRules;
  readonly trustedProxies: readonly Cidr[];
  readonly renderRefusal: RenderRefusal | undefined;
  /** Undefined when the host gave no vault keys. */
  readonly vault: Vault | undefined;
  /** What webhooks look like, for the description of the API. */
  readonly webhooks: WebhookFormat;
  readonly storeNow: () => { readonly now?: Date };
}

/** What routes read that is nobody's service: no transaction binds it, and nobody is named for it. */
export interface ManagementReads {
  readonly apiKeys: { readonly usage: ReadKeyUsage };
  readonly limits: LimitService;
  readonly eventTypes: EventTypeService;
}

/** A change of one record. */
export interface Change<Result> {
  /** The record as replies show it, locked until the change is made; undefined where there is none. */
  readonly current: (stores: Stores) => Promise<object | undefined>;
  readonly apply: (services: TenonServices) => Promise<Result>;
  /** Whether `apply` makes several changes, which are made together or not at all. */
  readonly inOneStep?: boolean;
}

/**
 * Makes a change, if the record is still the one that the request's `If-Match` names.
 * @throws {TenonError} `PRECONDITION_FAILED` when somebody changed it since.
 */
export type ApplyChange = <Result>(change: Change<Result>) => Promise<Result>;
