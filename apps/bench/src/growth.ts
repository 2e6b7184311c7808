import { EventMix } from './mix.js';
import { type BenchedProduct, startBenched } from './product.js';
import { sendEvents } from './send.js';

export interface GrowthResult {
  readonly small: number;
  readonly large: number;
  /** CPU microseconds of the process per in-order event, one pair per round. */
  readonly pairs: readonly { readonly smallMicros: number; readonly largeMicros: number }[];
}

const eventsPerRound = 20_000;

/** What an in-order event costs with few leads and with many, in interleaved pairs; both hold every lead before it begins. */
export async function measureGrowth({
  small,
  large,
  rounds,
}: {
  small: number;
  large: number;
  rounds: number;
}): Promise<GrowthResult> {
  const few = await populated(small);
  const many = await populated(large);
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const smallMicros = await costPerEvent(few, { leads: small, round });
    const largeMicros = await costPerEvent(many, { leads: large, round });
    pairs.push({ smallMicros, largeMicros });
  }
  await few.stop();
  await many.stop();
  return { small, large, pairs };
}

async function populated(leads: number): Promise<BenchedProduct> {
  const product = await startBenched();
  await sendEvents(product, new EventMix({ leads, run: 'grown', late: 0, repeats: 0 }), Math.ceil(leads * 1.7));
  await product.drained();
  return product;
}

async function costPerEvent(
  product: BenchedProduct,
  { leads, round }: { leads: number; round: number },
): Promise<number> {
  const everyone = Array.from({ length: leads }, (_, lead) => lead);
  const mix = new EventMix({ leads, run: 'grown', late: 0, repeats: 0, round }, everyone);
  const before = await product.cpuSeconds();
  await sendEvents(product, mix, eventsPerRound);
  await product.drained();
  return (((await product.cpuSeconds()) - before) / eventsPerRound) * 1e6;
}
