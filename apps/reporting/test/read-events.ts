/** Reads a stream of server-sent events, one after the other. */
export function readEvents(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('no body');
  let text = '';
  return {
    async next(wanted: (event: Record<string, string>) => boolean): Promise<Record<string, string>> {
      for (;;) {
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const lines = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const event = Object.fromEntries(
            lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
          );
          if (wanted(event)) return event;
        }
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended; unread: ${text}`);
        text += value;
      }
    },
    stop: () => reader.cancel(),
  };
}
