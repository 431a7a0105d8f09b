import { bytes, ELEMENT, integer, text } from '../session/tiny-graph.ts';

/** A classifier for tests: `frames` [n,3,h,w] in, the mean of each out. */
export function brightnessGraph(): Uint8Array {
  const value = (name: string, dims: string[]) => {
    const shape = bytes(
      2,
      dims.flatMap((dim) => bytes(1, text(2, dim))),
    );
    return [...text(1, name), ...bytes(2, bytes(1, [...integer(1, ELEMENT.float32), ...shape]))];
  };
  // AttributeProto: name, value, and a type that is INTS (7) or INT (2).
  const axes = bytes(5, [
    ...text(1, 'axes'),
    ...[1, 2, 3].flatMap((axis) => integer(8, axis)),
    ...integer(20, 7),
  ]);
  const keep = bytes(5, [...text(1, 'keepdims'), ...integer(3, 0), ...integer(20, 2)]);
  const node = [...text(1, 'frames'), ...text(2, 'score'), ...text(4, 'ReduceMean'), ...axes, ...keep];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'brightness'),
    ...bytes(11, value('frames', ['n', 'c', 'h', 'w'])),
    ...bytes(12, value('score', ['n'])),
  ];
  return Uint8Array.from([...integer(1, 8), ...bytes(7, graph), ...bytes(8, integer(2, 13))]);
}
