import { z } from "zod";
import { ConfigError, type InputProblem } from "../../../errors/tenon-error.js";
import { toPointer } from "../../../input/parse-input.js";
import type { FieldForm, FieldPresentation, FieldWords } from "./presentation.js";
import { readWord, showWord, wordsSchema } from "./words.js";

type Fields = Readonly<Record<string, unknown>>;

/** Turns objects of the table into those of a host's API, and back. */
export interface ObjectPresenter {
  /** What the host's API shows or takes. */
  readonly schema: z.ZodObject;
  show(item: Fields): Fields;
  /** What a body or query says, under the table's names; `problems` name fields that nobody knows and words that aren't. */
  read(input: Fields): { readonly fields: Fields; readonly problems: readonly InputProblem[] };
  /** Where the host's API has what stands at a place in the table's object. */
  toPresented(pointer: string): string;
}

/** Makes the presenter of one kind of object. */
export function presentObject(
  schema: z.ZodObject,
  presentations: Readonly<Record<string, FieldPresentation>>,
): ObjectPresenter {
  const names = Object.keys(schema.shape);
  const present = (name: string) => (Object.hasOwn(presentations, name) ? presentations[name] : name) ?? name;
  if (names.every((name) => present(name) === name)) return asItIs(schema);

  const readers = new Map<string, { readonly name: string; readonly by: FieldPresentation }>();
  const shape: Record<string, z.ZodType> = {};
  for (const name of names) {
    const by = present(name);
    for (const [shown, fieldSchema] of shownFields(name, by, schema.shape[name] as z.ZodType)) {
      refuseSharedName(shown, name, readers.get(shown)?.name);
      readers.set(shown, { name, by });
      shape[shown] = fieldSchema;
    }
  }

  return {
    schema: z.strictObject(shape),
    show: (item) => {
      const shown: Record<string, unknown> = {};
      for (const name of names) {
        if (Object.hasOwn(item, name)) Object.assign(shown, showField(name, present(name), item));
      }
      return shown;
    },
    read(input) {
      const fields: Record<string, unknown> = {};
      const problems: InputProblem[] = [];
      const forms = new Map<string, FieldForm>();
      for (const [shown, value] of Object.entries(input)) {
        const reader = readers.get(shown);
        const pointer = toPointer([shown]);
        if (reader === undefined) problems.push({ pointer, message: UNKNOWN_FIELD });
        else if (isForm(reader.by)) forms.set(reader.name, reader.by);
        else if (isWords(reader.by)) {
          const read = readWord(value, reader.by.words);
          if (read.ok) fields[reader.name] = read.value;
          else problems.push({ pointer, message: read.message });
        } else fields[reader.name] = value;
      }
      for (const [name, form] of forms) {
        const checked = z.object(optional(form.as)).safeParse(pick(input, Object.keys(form.as)));
        if (checked.success) {
          const value = form.read(checked.data);
          if (value !== undefined) fields[name] = value;
        } else {
          const found = checked.error.issues.map(({ path, message }) => ({
            pointer: toPointer(path),
            message,
          }));
          problems.push(...found);
        }
      }
      return { fields, problems };
    },
    toPresented(pointer) {
      const [, name = "", ...rest] = pointer.split("/");
      const by = present(name);
      const [shown] = by === false ? [name] : namesOf(name, by);
      return isForm(by) ? `/${shown}` : ["", shown, ...rest].join("/");
    },
  };
}

export const UNKNOWN_FIELD = "is not a field of this request";

function refuseSharedName(shown: string, name: string, taken: string | undefined): void {
  if (taken === undefined) return;
  throw new ConfigError([
    { pointer: "/routes", message: `"${shown}" stands for both ${taken} and ${name}: give one another name` },
  ]);
}

function asItIs(schema: z.ZodObject): ObjectPresenter {
  return {
    schema,
    show: (item) => item,
    read: (input) => ({ fields: input, problems: [] }),
    toPresented: (pointer) => pointer,
  };
}

function shownFields(
  name: string,
  by: FieldPresentation,
  schema: z.ZodType,
): readonly (readonly [string, z.ZodType])[] {
  if (by === false) return [];
  // What may be left out may be left out in any form.
  if (isForm(by)) return Object.entries(schema.safeParse(undefined).success ? optional(by.as) : by.as);
  return [[isWords(by) ? (by.as ?? name) : by, isWords(by) ? wordsSchema(schema, by.words) : schema]];
}

function showField(name: string, by: FieldPresentation, item: Fields): Fields {
  const value = item[name];
  if (by === false) return {};
  if (isForm(by)) return by.show(value, item);
  return isWords(by) ? { [by.as ?? name]: showWord(value, by.words) } : { [by]: value };
}

function namesOf(name: string, by: Exclude<FieldPresentation, false>): readonly string[] {
  if (typeof by === "string") return [by];
  return isForm(by) ? Object.keys(by.as) : [by.as ?? name];
}

function isForm(by: FieldPresentation): by is FieldForm {
  return typeof by === "object" && "show" in by;
}

function isWords(by: FieldPresentation): by is FieldWords {
  return typeof by === "object" && "words" in by;
}

function optional(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.optional()]));
}

function pick(input: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name)));
}
