import { createSecret } from "../secret/secret.js";
import type {
  DurationUnit,
  DurationVariable,
  EnvironmentVariable,
  NumberVariable,
  UrlVariable,
} from "./environment-variable.js";

/** A value, or what the text must be instead. The text itself is never part of it. */
export type VariableReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly mustBe: string };

const MILLISECONDS: Readonly<Record<DurationUnit, number>> = {
  milliseconds: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** Reads the text of a variable that is set. */
export function readVariable(variable: EnvironmentVariable, text: string): VariableReading {
  const trimmed = text.trim();
  switch (variable.type) {
    case "text":
    case "secret": {
      const { minLength = 1 } = variable;
      if (text.length < minLength) return mustBe(`at least ${minLength} characters long`);
      return read(variable.type === "secret" ? createSecret(text) : text);
    }
    case "url":
      return readUrl(variable, trimmed);
    case "integer":
    case "number":
      return readNumber(variable, trimmed);
    case "duration":
      return readDuration(variable, trimmed);
    case "boolean": {
      const value = Object.entries(BOOLEANS).find(([word]) => word === trimmed.toLowerCase())?.[1];
      return value === undefined ? mustBe("true or false") : read(value);
    }
    case "one-of":
      return variable.values.includes(trimmed)
        ? read(trimmed)
        : mustBe(`one of ${variable.values.join(", ")}`);
    case "list": {
      const items = trimmed
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
      return items.length === 0 ? mustBe("a list divided by commas") : read(items);
    }
  }
}

function readUrl({ protocols }: UrlVariable, text: string): VariableReading {
  // Database drivers take several hosts, which URLs don't know: the first stands for all.
  const single = text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^,/?#]*),[^/?#]*/i, "$1");
  const scheme = URL.canParse(single) ? new URL(single).protocol.slice(0, -1) : undefined;
  const isFit = scheme !== undefined && (protocols === undefined || protocols.includes(scheme));
  if (isFit) return read(text);
  return mustBe(
    protocols === undefined ? "an absolute URL" : `a URL that begins with ${protocols.join(": or ")}:`,
  );
}

function readNumber({ type, min, max }: NumberVariable, text: string): VariableReading {
  const isNumber = type === "integer" ? /^[+-]?\d{1,15}$/ : /^[+-]?\d{1,15}(\.\d{1,15})?$/;
  const value = isNumber.test(text) ? Number(text) : Number.NaN;
  const isFit = value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
  if (isFit) return read(value);
  return mustBe(`${type === "integer" ? "a whole number" : "a number"}${describeBounds(min, max)}`);
}

function readDuration({ unit, as, min = 0, max }: DurationVariable, text: string): VariableReading {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER))) {
    return mustBe(`a whole number of ${unit}${describeBounds(min, max)}`);
  }
  return read((value * MILLISECONDS[unit]) / MILLISECONDS[as]);
}

function describeBounds(min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? "" : `, at most ${max}`;
  return max === undefined ? `, at least ${min}` : ` from ${min} to ${max}`;
}

function read(value: unknown): VariableReading {
  return { ok: true, value };
}

function mustBe(description: string): VariableReading {
  return { ok: false, mustBe: description };
}
