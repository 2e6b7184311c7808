import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface MetricDefinition<Label extends string> {
  /** `baton_<what>_<unit>`; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** The measurements of one process, in the text format of Prometheus. Asking twice for one name answers the same metric. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly readings: (() => Promise<void>)[] = [];

  counter<Label extends string>(definition: MetricDefinition<Label>): Counter<Label> {
    return this.known<Counter<Label>>(definition.name) ?? new Counter(this.configuration(definition));
  }

  gauge<Label extends string>(definition: MetricDefinition<Label> & { readonly read?: () => number }): Gauge<Label> {
    const { read } = definition;
    const collect = read && { collect: (gauge: Gauge<Label>) => gauge.set(read()) };
    return (
      this.known<Gauge<Label>>(definition.name) ??
      new Gauge({
        ...this.configuration(definition),
        ...(collect && {
          collect() {
            collect.collect(this as Gauge<Label>);
          },
        }),
      })
    );
  }

  /** `buckets` are upper bounds in the unit that the name ends with. */
  histogram<Label extends string>(
    definition: MetricDefinition<Label> & { readonly buckets: readonly number[] },
  ): Histogram<Label> {
    return (
      this.known<Histogram<Label>>(definition.name) ??
      new Histogram({ ...this.configuration(definition), buckets: [...definition.buckets] })
    );
  }

  /** Adds memory, CPU and event loop delay of the process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** Runs before each reading, for what is measured only when somebody asks. */
  beforeReading(measure: () => Promise<void>): void {
    this.readings.push(measure);
  }

  async text(): Promise<string> {
    await Promise.all(this.readings.map((measure) => measure()));
    return this.registry.metrics();
  }

  private known<Metric>(name: string): Metric | undefined {
    return this.registry.getSingleMetric(name) as Metric | undefined;
  }

  private configuration<Label extends string>({ name, help, labels = [] }: MetricDefinition<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}
