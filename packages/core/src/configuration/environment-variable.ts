import type { Secret } from "../secret/secret.js";

/** What every variable has: a name in the environment, and what happens when it isn't set. */
interface Named<Value> {
  /** The name in the environment, such as `DATABASE_URL`. */
  readonly name: string;
  /** Refused when it isn't set. */
  readonly required?: true;
  /** The name of another variable: refused when that one is set and this one isn't. */
  readonly requiredWith?: string;
  /** The value when it isn't set, or what makes it. Not checked. */
  readonly default?: Value | (() => Value);
}

/** Any text, as it stands. */
export interface TextVariable extends Named<string> {
  readonly type: "text";
  /** In characters. */
  readonly minLength?: number;
}

/** A text that is shown to nobody: its value is a `Secret`. */
export interface SecretVariable extends Named<Secret> {
  readonly type: "secret";
  /** In characters. */
  readonly minLength?: number;
}

/** An absolute URL, kept as its text. Several hosts divided by commas are fine, as database drivers have them. */
export interface UrlVariable extends Named<string> {
  readonly type: "url";
  /** The schemes it may have, such as `https`. Default: any. */
  readonly protocols?: readonly string[];
}

/** A number in decimal digits; `integer` takes no fraction. */
export interface NumberVariable extends Named<number> {
  readonly type: "integer" | "number";
  readonly min?: number;
  readonly max?: number;
}

/** A whole number of `unit`, given on as milliseconds or seconds. */
export interface DurationVariable extends Named<number> {
  readonly type: "duration";
  /** What the variable counts. */
  readonly unit: DurationUnit;
  /** What the value counts, and so the default. */
  readonly as: "milliseconds" | "seconds";
  /** In `unit`. Default 0. */
  readonly min?: number;
  /** In `unit`. */
  readonly max?: number;
}

/** `true`, `yes`, `on` or `1`, or their opposites, in any case. */
export interface BooleanVariable extends Named<boolean> {
  readonly type: "boolean";
}

/** One of the texts given. */
export interface OneOfVariable extends Named<string> {
  readonly type: "one-of";
  readonly values: readonly string[];
}

/** Texts divided by commas; spaces around them and empty ones are dropped. */
export interface ListVariable extends Named<readonly string[]> {
  readonly type: "list";
}

export type DurationUnit = "milliseconds" | "seconds" | "minutes" | "hours" | "days";

/** One variable of the environment: how it is named, what it must look like, and whether it must be there. */
export type EnvironmentVariable =
  | TextVariable
  | SecretVariable
  | UrlVariable
  | NumberVariable
  | DurationVariable
  | BooleanVariable
  | OneOfVariable
  | ListVariable;

/** The values of a mapping, by its own names. What is neither required nor has a default may be undefined. */
export type EnvironmentValues<Mapping extends Readonly<Record<string, EnvironmentVariable>>> = {
  readonly [Field in keyof Mapping]:
    | ValueOf<Mapping[Field]>
    | (Mapping[Field] extends { readonly required: true } | { readonly default: unknown }
        ? never
        : undefined);
};

type ValueOf<Variable extends EnvironmentVariable> = Variable extends OneOfVariable
  ? Variable["values"][number]
  : ValueOfType[Variable["type"]];

interface ValueOfType {
  readonly text: string;
  readonly secret: Secret;
  readonly url: string;
  readonly integer: number;
  readonly number: number;
  readonly duration: number;
  readonly boolean: boolean;
  readonly "one-of": string;
  readonly list: readonly string[];
}
