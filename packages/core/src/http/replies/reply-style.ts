import type { ResetFormat } from "../../rate-limit/limit-headers.js";
import type { CredentialPlace } from "../credentials/read-credentials.js";
import type { Refuse } from "./refusal.js";

/** What is the host's to decide about replies. */
export interface ReplyStyle {
  readonly refuse: Refuse;
  readonly resetFormat: ResetFormat;
  readonly credentials: readonly CredentialPlace[];
}
