/** Protobuf of small ONNX models, written by hand: field numbers are those of onnx/onnx.proto3. */
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
export const integer = (field: number, value: number) => [...varint(field << 3), ...varint(value)];
export const bytes = (field: number, content: number[]) => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...content,
];
export const text = (field: number, content: string) => bytes(field, [...Buffer.from(content)]);

/** Element types of ONNX. */
export const ELEMENT = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 } as const;

/** `y = op(x)` over a vector of any length. */
export function unaryGraph(
  op: string,
  from: keyof typeof ELEMENT,
  to: keyof typeof ELEMENT = from,
  opset = 18,
): Uint8Array {
  const value = (name: string, type: number) => {
    const shape = bytes(2, bytes(1, text(2, 'n')));
    return [...text(1, name), ...bytes(2, bytes(1, [...integer(1, type), ...shape]))];
  };
  // AttributeProto: name, type INT, value.
  const cast = bytes(5, [...text(1, 'to'), ...integer(3, ELEMENT[to]), ...integer(20, 2)]);
  const node = [...text(1, 'x'), ...text(2, 'y'), ...text(4, op), ...(op === 'Cast' ? cast : [])];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'graph'),
    ...bytes(11, value('x', ELEMENT[from])),
    ...bytes(12, value('y', ELEMENT[to])),
  ];
  return Uint8Array.from([...integer(1, 8), ...bytes(7, graph), ...bytes(8, integer(2, opset))]);
}
