import {
  decodeVerifyingKeys,
  findProfileProblem,
  isWebhookVerificationError,
  type SignatureProfile,
  standardWebhooks,
} from "@tenon/verify-webhook";
import { z } from "zod";
import { parseConfig } from "../../input/parse-input.js";

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

const hook = z.custom<(...args: never) => unknown>(
  (value) => typeof value === "function",
  "must be a function",
);

const eventSchema = z.custom((value) => {
  const standard = (value as { "~standard"?: { validate?: unknown } } | null | undefined)?.["~standard"];
  return typeof standard?.validate === "function";
}, "must be a Standard Schema (standardschema.dev)");

const receiverOptions = z
  .strictObject({
    secrets: z.unknown(),
    profiles: z.unknown().default(standardWebhooks).transform(checkProfiles),
    parse: hook.optional(),
    toleranceSeconds: z.number().min(0).optional(),
    maxBodyBytes: z.int().min(1).default(DEFAULT_MAX_BODY_BYTES),
    idOf: hook.optional(),
    typeOf: hook.optional(),
    events: z.record(z.string(), eventSchema).optional(),
    on: z.record(z.string(), hook.optional()).optional(),
    onEvent: hook.optional(),
    transaction: hook.optional(),
    seen: hook.optional(),
    onRefused: hook.optional(),
  })
  .superRefine((options, context) => {
    const refuse = (path: readonly PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path: [...path], message });
    if (typeof options.secrets !== "function") {
      for (const { path, message } of findSecretProblems(options.secrets, options.profiles))
        refuse(["secrets", ...path], message);
    }
    if (
      options.toleranceSeconds !== undefined &&
      !options.profiles.some(({ content }) => content.includes("{timestamp}"))
    )
      refuse(["toleranceSeconds"], "has nothing to judge: no listed format signs a time");
    if (options.idOf === undefined && !options.profiles.every(({ content }) => content.includes("{id}")))
      refuse(["idOf"], "is needed: a listed format signs no id");
    if (options.on === undefined && options.onEvent === undefined)
      refuse(["onEvent"], "is needed where there is no `on`: events go nowhere");
    if (options.seen !== undefined && options.transaction === undefined)
      refuse(["transaction"], "is needed for `seen`: a mark must not outlive a handler's failure");
    for (const type of Object.keys(options.events === undefined ? {} : (options.on ?? {})))
      if (!Object.hasOwn(options.events ?? {}, type)) refuse(["on", type], "is not among `events`");
  });

/** What of the options is needed in another form than the host gave. */
export interface CheckedReceiverOptions {
  readonly profiles: readonly SignatureProfile[];
  readonly maxBodyBytes: number;
}

/** @throws {ConfigError} naming everything that is wrong with a receiver's options. No secret is repeated. */
export function checkReceiverOptions(options: unknown): CheckedReceiverOptions {
  return parseConfig(receiverOptions, options);
}

function checkProfiles(given: unknown, context: z.RefinementCtx): readonly SignatureProfile[] {
  const list: readonly SignatureProfile[] = Array.isArray(given) ? given : [given];
  const problems = list.map(describeProblem);
  for (const [index, { headers } = {}] of list.entries()) {
    const isRepeated = list.findIndex((other) => other?.headers?.signature === headers?.signature) < index;
    const message =
      problems[index] ?? (isRepeated ? `reads ${headers?.signature}, as another does` : undefined);
    if (message === undefined) continue;
    context.addIssue({ code: "custom", path: Array.isArray(given) ? [index] : [], message });
  }
  if (list.length === 0) context.addIssue({ code: "custom", message: "must not be empty" });
  return list;
}

function describeProblem(profile: SignatureProfile): string | undefined {
  try {
    return findProfileProblem(profile);
  } catch {
    return "must be a SignatureProfile";
  }
}

/** Every secret must be one in every format: any of them may have signed. */
function findSecretProblems(
  secrets: unknown,
  profiles: readonly SignatureProfile[],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const list: readonly unknown[] = Array.isArray(secrets) && secrets.length > 0 ? secrets : [secrets];
  return list.flatMap((secret, index) => {
    const message = profiles
      .map((profile) => findSecretProblem(secret, profile))
      .find((text) => text !== undefined);
    return message === undefined ? [] : [{ path: list === secrets ? [index] : [], message }];
  });
}

function findSecretProblem(secret: unknown, profile: SignatureProfile): string | undefined {
  try {
    decodeVerifyingKeys(secret, profile);
    return undefined;
  } catch (error) {
    if (isWebhookVerificationError(error)) return error.message;
    throw error;
  }
}
