import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { compileRowExpression, type RowExpression } from './expression.js';

/** One `rows:` entry: what every row for which `when` holds becomes. */
export interface MappingEntry {
  readonly index: number;
  readonly when: RowExpression | null;
  /** Only the row with the earliest time that matches for a person counts. */
  readonly once: boolean;
  readonly emit: Emission;
}

type Expressions = Readonly<Record<string, RowExpression>>;

export type Emission =
  | { readonly kind: 'identify'; readonly traits: Expressions }
  | { readonly kind: 'group'; readonly traits: Expressions }
  | { readonly kind: 'track'; readonly name: string; readonly properties: Expressions }
  | { readonly kind: 'page'; readonly path: string; readonly properties: Expressions }
  | {
      readonly kind: 'stage';
      readonly stage: string;
      readonly owner: RowExpression | null;
      readonly reason: RowExpression | null;
    }
  | { readonly kind: 'activity'; readonly fields: Expressions }
  | { readonly kind: 'outcome'; readonly outcome: string; readonly fields: Expressions };

export interface Mapping {
  readonly source: string;
  readonly person: RowExpression;
  readonly at: RowExpression;
  /** For times without an offset. */
  readonly timezone: string;
  readonly entries: readonly MappingEntry[];
  /** Every column that some expression reads. */
  readonly columns: ReadonlySet<string>;
}

/** A mapping that cannot be used: every fault, each as `FILE:LINE: sentence`. */
export class MappingFaults extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
    this.name = 'MappingFaults';
  }
}

const kinds = ['identify', 'group', 'track', 'page', 'stage', 'activity', 'outcome'] as const;
const entryKeys: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
  identify: [],
  group: ['traits'],
  track: ['properties'],
  page: ['properties'],
  stage: ['owner', 'reason'],
  activity: [],
  outcome: ['amount', 'closeDate', 'reason', 'currency'],
};
const stages = ['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer', 'nurture', 'disqualified', 'lost'];
const outcomes = ['created', 'updated', 'won', 'lost'];

/** Reads and checks a mapping file; throws `MappingFaults` with all faults at once. */
export function readMapping(file: string, text: string): Mapping {
  const reader = new MappingReader(file, text);
  const mapping = reader.read();
  if (reader.faults.length > 0) throw new MappingFaults(reader.faults);
  return mapping;
}

type Document = Readonly<Record<string, unknown>>;

class MappingReader {
  readonly faults: string[] = [];
  private readonly lines = new LineCounter();
  private readonly document;
  private readonly columns = new Set<string>();

  constructor(
    private readonly file: string,
    text: string,
  ) {
    this.document = parseDocument(text, { lineCounter: this.lines, schema: 'core' });
    for (const error of this.document.errors) this.fault([], error.message.split('\n')[0] ?? 'not YAML');
  }

  read(): Mapping {
    const root = this.record(this.document.toJS({ maxAliasCount: 100 }), []);
    this.refuseUnknown(root, ['source', 'person', 'timezone', 'at', 'rows'], []);
    const rows = Array.isArray(root.rows) ? root.rows : [];
    if (rows.length === 0) this.fault(['rows'], 'rows lists what each row becomes; give at least one entry');
    return {
      source: this.sourceOf(root.source),
      person: this.expression(root.person, ['person']),
      at: this.expression(root.at, ['at']),
      timezone: this.zone(root.timezone),
      entries: rows.map((row, index) => this.entry(row, index)),
      columns: this.columns,
    };
  }

  private entry(value: unknown, index: number): MappingEntry {
    const path = ['rows', index];
    const row = this.record(value, path);
    const named = kinds.filter((kind) => kind in row);
    const [kind] = named;
    if (!kind || named.length > 1) this.fault(path, `an entry has exactly one of ${kinds.join(', ')}`);
    if (kind) this.refuseUnknown(row, ['when', 'once', kind, ...entryKeys[kind]], path);
    return {
      index,
      when: row.when === undefined ? null : this.expression(row.when, [...path, 'when']),
      once: row.once === true,
      emit: this.emission(kind ?? 'identify', row, path),
    };
  }

  private emission(kind: (typeof kinds)[number], row: Document, path: (string | number)[]): Emission {
    switch (kind) {
      case 'identify':
        return { kind, traits: this.expressions(row.identify, [...path, 'identify']) };
      case 'group':
        return { kind, traits: this.expressions(row.traits ?? row.group, [...path, 'traits']) };
      case 'track':
        return {
          kind,
          name: this.name(row.track, [...path, 'track']),
          properties: this.expressions(row.properties, [...path, 'properties']),
        };
      case 'page':
        return {
          kind,
          path: this.name(row.page, [...path, 'page']),
          properties: this.expressions(row.properties, [...path, 'properties']),
        };
      case 'stage':
        return {
          kind,
          stage: this.choice(row.stage, stages, [...path, 'stage']),
          owner: this.optional(row.owner, [...path, 'owner']),
          reason: this.optional(row.reason, [...path, 'reason']),
        };
      case 'activity':
        return { kind, fields: this.expressions(row.activity, [...path, 'activity']) };
      case 'outcome':
        return {
          kind,
          outcome: this.choice(row.outcome, outcomes, [...path, 'outcome']),
          fields: this.outcomeFields(row, path),
        };
    }
  }

  private outcomeFields(row: Document, path: (string | number)[]): Expressions {
    const given = entryKeys.outcome.filter((key) => row[key] !== undefined);
    return Object.fromEntries(given.map((key) => [key, this.expression(row[key], [...path, key])]));
  }

  private expressions(value: unknown, path: (string | number)[]): Expressions {
    const record = this.record(value ?? {}, path);
    return Object.fromEntries(
      Object.entries(record).map(([name, text]) => [name, this.expression(text, [...path, name])]),
    );
  }

  private optional(value: unknown, path: (string | number)[]): RowExpression | null {
    return value === undefined ? null : this.expression(value, path);
  }

  private expression(value: unknown, path: (string | number)[]): RowExpression {
    try {
      if (typeof value !== 'string') throw new Error('expected an expression over row, as text');
      const compiled = compileRowExpression(value);
      for (const column of compiled.columns) this.columns.add(column);
      return compiled;
    } catch (error) {
      this.fault(path, (error as Error).message);
      return { text: '', columns: new Set(), evaluate: () => undefined };
    }
  }

  private record(value: unknown, path: (string | number)[]): Document {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Document;
    this.fault(path, 'expected a list of names with values');
    return {};
  }

  private name(value: unknown, path: (string | number)[]): string {
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.fault(path, 'expected a text');
    return '';
  }

  private choice(value: unknown, choices: readonly string[], path: (string | number)[]): string {
    if (typeof value === 'string' && choices.includes(value)) return value;
    this.fault(path, `expected one of ${choices.join(', ')}`);
    return '';
  }

  private sourceOf(value: unknown): string {
    if (typeof value === 'string' && /^[a-z0-9-]{1,60}$/.test(value)) return value;
    this.fault(['source'], 'expected a name of a-z, 0-9 and -, at most 60 long; ids are unique within it');
    return '';
  }

  private zone(value: unknown): string {
    if (value === undefined) return 'UTC';
    if (typeof value === 'string' && isZone(value)) return value;
    this.fault(['timezone'], 'expected a time zone such as Europe/Amsterdam');
    return 'UTC';
  }

  private refuseUnknown(record: Document, known: readonly string[], path: (string | number)[]): void {
    for (const key of Object.keys(record)) {
      if (!known.includes(key)) this.fault([...path, key], `${key} is not known here; known are ${known.join(', ')}`);
    }
  }

  private fault(path: (string | number)[], message: string): void {
    const place = path.length > 0 ? `${path.join('.')}: ` : '';
    this.faults.push(`${this.file}:${this.lineOf(path)}: ${place}${message}`);
  }

  private lineOf(path: (string | number)[]): number {
    for (let length = path.length; length > 0; length--) {
      const node = this.document.getIn(path.slice(0, length), true);
      const range =
        isMap(node) || isSeq(node) || (typeof node === 'object' && node !== null && 'range' in node)
          ? (node as { range?: [number, number, number] }).range
          : undefined;
      if (range) return this.lines.linePos(range[0]).line;
    }
    return 1;
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
