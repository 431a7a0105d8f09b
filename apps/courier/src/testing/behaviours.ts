import type { Behaviour } from './receiver.ts';

/** Answers with a status, at once. */
export const answer =
  (status: number, headers: Record<string, string> = {}, body = ''): Behaviour =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

export const hang: Behaviour = () => {};

export const reset: Behaviour = (request) => request.socket.resetAndDestroy();

/** A header a moment, for ever: the status never comes. */
export const dripHeaders: Behaviour = ({ socket }) => {
  socket.write('HTTP/1.1 200 OK\r\n');
  const drip = setInterval(() => socket.write('x-more: 1\r\n'), 20);
  socket.on('close', () => clearInterval(drip));
  socket.on('error', () => {});
};

/** The status at once, then a byte a moment for ever. */
export const dripBody: Behaviour = (_request, response) => {
  response.writeHead(200);
  const drip = setInterval(() => response.write('.'), 20);
  response.on('close', () => clearInterval(drip));
};

/** A body of a gigabyte, as fast as it is read. */
export const gigabyte: Behaviour = (_request, response) => {
  const piece = Buffer.alloc(1 << 20, 'g');
  let left = 1 << 10;
  const pour = () => {
    while (left-- > 0) if (!response.write(piece)) return;
    response.end();
  };
  response.writeHead(200, { 'content-length': String(1 << 30) });
  response.on('drain', pour);
  pour();
};
