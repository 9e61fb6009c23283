import { z } from "zod";

/** Something a learner did on another system, as partners report it. */
export const externalLearning = z.strictObject({
  learnerId: z.string().min(1).max(128),
  sourceSystem: z.string().min(1).max(128),
  eventType: z.string().min(1).max(128),
  contentId: z.string().min(1).max(256),
  contentTitle: z.string().max(500).optional(),
  durationSeconds: z.number().min(0).optional(),
  /** From 0 to 1. */
  score: z.number().min(0).max(1).optional(),
  occurredAt: z.iso.datetime({ offset: true }),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
export type ExternalLearning = z.output<typeof externalLearning>;
