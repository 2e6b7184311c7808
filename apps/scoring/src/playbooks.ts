import type { Playbook } from '@baton/domain/playbook/definition';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import { NotYetError } from '@baton/messaging/handler';
import { PlaybookVersions } from '@baton/persistence/playbook-versions';
import type { Database } from '@baton/persistence/sql';
import { DATABASE } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';

/** The published definitions, ready to run. */
@Injectable()
export class Playbooks extends PlaybookVersions<Playbook> {
  constructor(@Inject(DATABASE) database: Database) {
    super(database, compilePublished, (reason) => new NotYetError(reason));
  }
}

function compilePublished(source: string): Playbook {
  const { playbook, faults } = compilePlaybook(source);
  if (playbook) return playbook;
  throw new Error(`A published playbook no longer compiles: line ${faults[0]?.line}: ${faults[0]?.message}`);
}
