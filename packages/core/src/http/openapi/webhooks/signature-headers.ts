import type { SignatureProfile } from "@tenon/verify-webhook";
import type { ParameterObject } from "../document.js";

/** The headers that every webhook carries, each once where formats share one. */
export function describeSignatureHeaders(profiles: readonly SignatureProfile[]): readonly ParameterObject[] {
  const headers = profiles.flatMap(describeHeaders);
  return [...new Map(headers.map((header) => [header.name, header])).values()];
}

function describeHeaders({
  headers,
  timestampUnit = "seconds",
  content,
}: SignatureProfile): readonly ParameterObject[] {
  const text = { type: "string" };
  return [
    ...(headers.id === undefined
      ? []
      : [
          header(
            headers.id,
            "The id of the message: the same in each retry. Do nothing twice for one id.",
            text,
          ),
        ]),
    ...(headers.timestamp === undefined
      ? []
      : [
          header(headers.timestamp, `When it was sent, in ${timestampUnit} since 1970.`, { type: "integer" }),
        ]),
    header(headers.signature, `The signature of \`${content}\`, to be verified before anything else.`, text),
  ];
}

function header(name: string, description: string, schema: ParameterObject["schema"]): ParameterObject {
  return { name, in: "header", required: true, description, schema };
}
