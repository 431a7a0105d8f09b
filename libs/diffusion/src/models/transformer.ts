import type { Feed, Session } from '../session/session.ts';
import { concat, slice } from '../tensor/slice.ts';
import type { Tensor } from '../tensor/tensor.ts';

export type Feeds = Readonly<Record<string, Feed>>;

/** The denoising network. */
export interface Transformer {
  /** One prediction for each row of feeds, all in one run of the graph when it is batched. */
  evaluate(rows: readonly Feeds[]): Promise<Tensor[]>;
}

export interface TransformerNames {
  readonly output: string;
  /** Inputs with a batch axis; the others are shared by all rows. Without it rows run one after the other. */
  readonly batch?: ReadonlySet<string> | undefined;
}

/** A feed with a batch axis, or undefined for those that have to be the same in all rows. */
const asTensor = (feed: Feed | undefined) => (feed && 'data' in feed ? feed : undefined);

export function graphTransformer(session: Session, { output, batch }: TransformerNames): Transformer {
  const one = async (row: Feeds) => (await session.run(row))[output]!;
  return {
    async evaluate(rows) {
      if (!batch || rows.length === 1) {
        const predictions: Tensor[] = [];
        for (const row of rows) predictions.push(await one(row));
        return predictions;
      }
      const joined: Record<string, Feed> = { ...rows[0]! };
      for (const name of batch) {
        const parts = rows.map((row) => asTensor(row[name])).filter((part) => part !== undefined);
        if (parts.length === rows.length) joined[name] = concat(parts, 0);
      }
      const all = await one(joined);
      return rows.map((_, row) => slice(all, 0, row, row + 1));
    },
  };
}
