import { NotFoundError } from "../errors/tenon-error.js";
import type { EventTypeDefinition } from "./event-catalogue.js";

/** A type of event that the host publishes. */
export interface EventType {
  readonly type: string;
  readonly description: string | undefined;
  /** What the data of such an event looks like (JSON Schema 2020-12); undefined where nobody said. */
  readonly jsonSchema: Readonly<Record<string, unknown>> | undefined;
}

/** The catalogue, for whoever chooses from it. It is the same for every tenant. */
export interface EventTypeService {
  /** All of them, in the host's own order. Empty without a catalogue, where any type may be published. */
  list(): readonly EventType[];
  /** @throws {NotFoundError} when the catalogue has no such type. */
  get(input: { readonly type: string }): EventType;
}

/** Describes the catalogue, each schema once. */
export function createEventTypeService(
  definitions: Readonly<Record<string, EventTypeDefinition>> = {},
): EventTypeService {
  let described: ReadonlyMap<string, EventType> | undefined;
  const all = () => {
    described ??= new Map(Object.entries(definitions).map(([type, by]) => [type, describe(type, by)]));
    return described;
  };
  return {
    list: () => [...all().values()],
    get({ type }) {
      const found = all().get(type);
      if (found !== undefined) return found;
      throw new NotFoundError("NOT_FOUND", `The event catalogue has no type ${JSON.stringify(type)}.`);
    },
  };
}

function describe(type: string, { description, schema, jsonSchema }: EventTypeDefinition): EventType {
  return { type, description, jsonSchema: jsonSchema ?? describeSchema(schema) };
}

function describeSchema(schema: EventTypeDefinition["schema"]): EventType["jsonSchema"] {
  try {
    return schema?.["~standard"].jsonSchema?.input({ target: "draft-2020-12" });
  } catch {
    // Some schemas, such as those with transforms of a library's own, have no such form.
    return undefined;
  }
}
