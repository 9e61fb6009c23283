import { z } from "zod";

const id = z.string().min(1);
/** Services of the platform raise events at their own pace: what a field is must hold, what else there is goes along. */
const event = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape).partial();

/** What happens on the platform that partners may hear of. */
export const events = {
  SESSION_COMPLETED: {
    description: "A learning session was finished.",
    schema: event({ sessionId: id, learnerId: id, durationSeconds: z.number().min(0) }),
  },
  BASELINE_COMPLETED: {
    description: "A learner's baseline assessment is done.",
    schema: event({ learnerId: id, results: z.unknown() }),
  },
  RECOMMENDATION_CREATED: {
    description: "There is a new recommendation for a learner.",
    schema: event({ learnerId: id, recommendation: z.unknown() }),
  },
  MASTERY_MILESTONE: {
    description: "A learner reached a new level of a skill.",
    schema: event({ learnerId: id, skill: z.string(), level: z.unknown() }),
  },
  GOAL_COMPLETED: {
    description: "A goal was reached.",
    schema: event({ learnerId: id, goal: z.unknown() }),
  },
  CONTENT_ASSIGNED: {
    description: "Content was assigned to a learner.",
    schema: event({ learnerId: id, assignment: z.unknown() }),
  },
};

/** What a partner's key may be allowed to do. */
export const scopes = {
  READ_LEARNER_PROGRESS: "Read learners' mastery and engagement",
  READ_SESSION_DATA: "Read learners' sessions",
  WRITE_EXTERNAL_EVENTS: "Report learning that happened elsewhere",
};

/** What partners are told of a delivery's state. */
export const deliveryStatuses = {
  pending: "PENDING",
  held: "PENDING",
  delivering: "PENDING",
  retrying: "FAILED",
  succeeded: "SUCCESS",
  exhausted: "PERMANENT_FAILURE",
  cancelled: "PERMANENT_FAILURE",
};
