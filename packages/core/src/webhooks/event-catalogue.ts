import type { InputProblem } from "../errors/tenon-error.js";
import { toPointer } from "../input/parse-input.js";

/** Any schema that follows Standard Schema version 1: zod, valibot, arktype … (standardschema.dev). */
export interface PayloadSchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => PayloadVerdict | Promise<PayloadVerdict>;
    /** Where the library can describe its schemas (Standard JSON Schema): zod from 4.2 on, among others. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: "draft-2020-12" }) => Readonly<Record<string, unknown>>;
    };
  };
}

type PayloadVerdict =
  | { readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

export interface EventTypeDefinition {
  readonly description?: string;
  /** Checked at publish. The data is sent as given: a schema's transforms and defaults don't change it. */
  readonly schema?: PayloadSchema;
  /** What the data looks like, as JSON Schema 2020-12, for readers. Default: as `schema` describes itself, if it can. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
}

/** The event types a host publishes. Without a catalogue every type is open. */
export interface EventCatalogue {
  readonly isOpen: boolean;
  /** Whether a filter (`post.published`, `post.*`, `*`) can ever match. */
  accepts(filter: string): boolean;
  /**
   * What is wrong with an event: its type is unknown, or its data breaks the type's schema.
   * @param place where the event stands in the input, as a JSON pointer; default its root.
   */
  findProblems(type: string, data: unknown, place?: string): Promise<readonly InputProblem[]>;
}

export function createEventCatalogue(
  definitions: Readonly<Record<string, EventTypeDefinition>> | undefined,
): EventCatalogue {
  if (definitions === undefined) return { isOpen: true, accepts: () => true, findProblems: async () => [] };
  const types = Object.keys(definitions);
  return {
    isOpen: false,
    accepts: (filter) =>
      filter === "*" ||
      (filter.endsWith(".*")
        ? types.some((type) => type.startsWith(filter.slice(0, -1)))
        : types.includes(filter)),
    async findProblems(type, data, place = "") {
      if (!Object.hasOwn(definitions, type)) {
        return [{ pointer: `${place}/type`, message: `"${type}" is not in the event catalogue` }];
      }
      const verdict = await definitions[type]?.schema?.["~standard"].validate(data);
      return verdict?.issues?.map((issue) => toProblem(issue, place)) ?? [];
    },
  };
}

function toProblem(
  {
    message,
    path = [],
  }: {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  },
  place: string,
): InputProblem {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part));
  return { pointer: `${place}${toPointer(["data", ...keys])}`, message };
}
