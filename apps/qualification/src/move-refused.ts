import type { Rejection } from '@baton/domain/lifecycle/fold';
import { type ProblemError, problem } from '@baton/service-kit/problem';

/** Says a refusal in HTTP: 403 for what is not open to the caller, 409 for what is not possible now, 422 for what is missing. */
export function moveRefused(stage: string, { rejected, detail, possible, names }: Rejection): ProblemError {
  switch (rejected) {
    case 'not-allowed':
      return problem(403, 'Move not allowed', detail, { stage, possible });
    case 'not-possible':
      return problem(409, 'Move not possible', detail, { stage, possible });
    case 'nothing-to-undo':
      return problem(409, 'Nothing to undo', detail, { stage, possible });
    case 'criteria-not-met':
      return problem(409, 'Criteria not met', detail, { stage, possible, missing: names });
    case 'missing-reason':
      return problem(422, 'Reason missing', detail, {
        reasons: names,
        errors: [{ path: '/body/reason', message: `expected one of ${names.join(', ')}` }],
      });
    case 'missing-answers':
    case 'invalid-answers':
      return problem(422, rejected === 'missing-answers' ? 'Answers missing' : 'Answers not valid', detail, {
        errors: names.map((name) => ({ path: `/body/answers/${name}`, message: detail })),
      });
    case 'missing-fields':
      return problem(422, 'Fields missing', detail, {
        errors: names.map((name) => ({ path: `/body/${name}`, message: `${name} is required for this stage` })),
      });
  }
}
