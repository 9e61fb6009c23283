import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createDoctor } from "./doctor.js";
import { DOCTOR_WARNINGS, type DoctorWarning, warningLink } from "./warnings.js";

const names = Object.keys(DOCTOR_WARNINGS) as DoctorWarning[];
const page = readFileSync(new URL("../../../../../docs/doctor.md", import.meta.url), "utf8");

function createRecordedDoctor(disabled: readonly DoctorWarning[] = []) {
  const said: unknown[] = [];
  const record = (fields: object, message: string) => void said.push({ ...fields, message });
  const logger = { debug: record, info: record, warn: record, error: record };
  return { said, doctor: createDoctor({ logger, disabled }) };
}

test("docs/doctor.md explains each warning under its own name, and no other", () => {
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, name]) => name).toSorted()).toEqual(names.toSorted());
});

test.each(names)("%s is given once, with its link", (warning) => {
  const { said, doctor } = createRecordedDoctor();
  expect(doctor.isWatching(warning)).toBe(true);
  doctor.warn(warning);
  doctor.warn(warning);
  expect(doctor.isWatching(warning)).toBe(false);
  expect(said).toEqual([{ warning, see: warningLink(warning), message: DOCTOR_WARNINGS[warning] }]);
});

test.each(names)("%s can be switched off, and the others are still given", (disabled) => {
  const { said, doctor } = createRecordedDoctor([disabled]);
  for (const warning of names) doctor.warn(warning);
  expect(said).toHaveLength(names.length - 1);
  expect(doctor.isWatching(disabled)).toBe(false);
});
