import { randomUUID } from "node:crypto";
import type { ExternalLearning } from "./external-learning.js";

/** What the platform knows of a learner's mastery and engagement. */
export interface Progress {
  readonly learnerId: string;
  readonly tenantId: string;
  /** From 0 to 1. */
  readonly overallMastery: number;
  /** By skill, from 0 to 1. */
  readonly skillMastery: Readonly<Record<string, number>>;
  readonly totalSessions: number;
  readonly totalTimeMinutes: number;
  readonly lastActiveAt: string;
}

/** One sitting of a learner. */
export interface Session {
  readonly sessionId: string;
  readonly subject: string;
  readonly startedAt: string;
  readonly durationSeconds: number;
}

interface Learner {
  readonly progress: Progress;
  readonly sessions: readonly Session[];
  readonly externalLearning: (ExternalLearning & { readonly id: string })[];
}

// They stand for the platform's own services, which are asked in their place.
const learners: readonly Learner[] = [
  {
    progress: {
      learnerId: "learner-123",
      tenantId: "tenant-456",
      overallMastery: 0.75,
      skillMastery: { algebra: 0.82, geometry: 0.68 },
      totalSessions: 45,
      totalTimeMinutes: 1350,
      lastActiveAt: "2024-06-01T10:30:00Z",
    },
    sessions: [
      {
        sessionId: "session-2",
        subject: "geometry",
        startedAt: "2024-06-01T10:00:00Z",
        durationSeconds: 1800,
      },
      {
        sessionId: "session-1",
        subject: "algebra",
        startedAt: "2024-05-31T15:00:00Z",
        durationSeconds: 1500,
      },
    ],
    externalLearning: [],
  },
  {
    progress: {
      learnerId: "learner-900",
      tenantId: "tenant-789",
      overallMastery: 0.4,
      skillMastery: { reading: 0.4 },
      totalSessions: 3,
      totalTimeMinutes: 61,
      lastActiveAt: "2024-05-20T08:00:00Z",
    },
    sessions: [],
    externalLearning: [],
  },
];

/** A learner of this tenant's; undefined for others and for those there aren't. */
export function findLearner(tenantId: string, learnerId: string): Learner | undefined {
  return learners.find(({ progress }) => progress.tenantId === tenantId && progress.learnerId === learnerId);
}

/** Keeps learning that happened elsewhere with the learner's own sessions; undefined for no learner of this tenant's. */
export function recordExternalLearning(
  tenantId: string,
  event: ExternalLearning,
): { readonly id: string } | undefined {
  const learner = findLearner(tenantId, event.learnerId);
  if (learner === undefined) return undefined;
  const id = randomUUID();
  learner.externalLearning.push({ id, ...event });
  return { id };
}
