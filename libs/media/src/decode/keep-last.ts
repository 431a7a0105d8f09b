/** The last `count` items of a stream, in order, holding no more than those. */
export async function* keepLast<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  const ring: T[] = [];
  let seen = 0;
  for await (const item of items) ring[seen++ % count] = item;
  for (let i = Math.max(0, seen - count); i < seen; i++) yield ring[i % count] as T;
}
