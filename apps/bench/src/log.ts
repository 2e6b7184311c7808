/** Only what went wrong is worth a line between the figures. */
export const log = {
  info: (): void => undefined,
  warn: (message: string): void => console.error(message),
  error: (message: string): void => console.error(message),
};
