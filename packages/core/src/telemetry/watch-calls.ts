import type { JudgeKey, KeyJudgement } from "../api-keys/authenticate-key.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { RateLimitVerdict } from "../rate-limit/limit-verdict.js";
import type { RateLimiter } from "../rate-limit/rate-limiter.js";

/** Counts how keys are judged. A call that passes two guards counts once, unless the second refuses it. */
export function watchKeyJudge(judgeKey: JudgeKey, telemetry: Telemetry): JudgeKey {
  const count = (outcome: string) =>
    telemetry.add("tenon.api_keys.authentications", 1, { "tenon.outcome": outcome });
  return (request, earlier) => {
    const tell = (judgement: KeyJudgement): KeyJudgement => {
      const { result } = judgement;
      if (earlier === undefined || !result.ok) count(result.ok ? "accepted" : result.reason);
      return judgement;
    };
    const tellFailure = (error: unknown): never => {
      count("error");
      throw error;
    };
    return whenDone(() => judgeKey(request, earlier), tell, tellFailure);
  };
}

/** Counts what is decided of charges. */
export function watchLimiter(limiter: RateLimiter, telemetry: Telemetry): RateLimiter {
  const count = (outcome: string) =>
    telemetry.add("tenon.rate_limits.decisions", 1, { "tenon.outcome": outcome });
  const tell = (verdict: RateLimitVerdict): RateLimitVerdict => {
    count(verdict.allowed ? "allowed" : "refused");
    return verdict;
  };
  const tellFailure = (error: unknown): never => {
    count("error");
    throw error;
  };
  return {
    ...limiter,
    consume: (plan, now) => whenDone(() => limiter.consume(plan, now), tell, tellFailure),
  };
}

/** Keeps at once what comes at once: a promise for each warm call would cost more than the call. */
function whenDone<Value extends object>(
  ask: () => Value | Promise<Value>,
  tell: (value: Value) => Value,
  tellFailure: (error: unknown) => never,
): Value | Promise<Value> {
  let answer: Value | Promise<Value>;
  try {
    answer = ask();
  } catch (error) {
    return tellFailure(error);
  }
  return "then" in answer ? answer.then(tell, tellFailure) : tell(answer);
}
