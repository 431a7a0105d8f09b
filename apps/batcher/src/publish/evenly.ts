/** Keeps some of many, evenly spread, without knowing how many come. */
export function evenly<T>(most: number) {
  let kept: T[] = [];
  let [every, count] = [1, 0];
  return {
    add(item: T) {
      if (count++ % every !== 0) return;
      kept.push(item);
      if (kept.length < most * 2) return;
      kept = kept.filter((_, nth) => nth % 2 === 0);
      every *= 2;
    },
    taken: (): T[] => {
      const count = Math.min(most, kept.length);
      return Array.from({ length: count }, (_, nth) => kept[Math.floor((nth * kept.length) / count)]!);
    },
  };
}
