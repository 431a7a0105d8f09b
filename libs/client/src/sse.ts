/** One server-sent event. */
export interface ServerEvent {
  readonly id?: string;
  readonly data: string;
}

/** Cuts a byte stream into server-sent events; comments and other fields are dropped. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

function parseBlock(block: string): ServerEvent | undefined {
  const data: string[] = [];
  let id: string | undefined;
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'data') data.push(value!);
    if (name === 'id') id = value;
  }
  return data.length > 0 ? { data: data.join('\n'), ...(id !== undefined && { id }) } : undefined;
}
