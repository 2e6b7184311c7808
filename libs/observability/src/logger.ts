import { type DestinationStream, destination, pino } from 'pino';
import { maskFields, maskText } from './mask.js';
import { currentSpan } from './spans.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes one line of JSON per call: a constant message, everything variable in the fields. Personal data and secrets are masked. */
export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** A logger that adds these fields to every line. */
  with(fields: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** Where the lines go; the standard error output by default, so that the standard output stays for people. */
  readonly to?: DestinationStream;
}

export function createLogger(options: LoggerOptions = {}): Logger {
  const level = options.level ?? 'info';
  const sink = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: timeField,
    },
    options.to ?? destination({ dest: 2, sync: true }),
  );
  return loggerOver(sink, {});
}

type Sink = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

function loggerOver(sink: Sink, bound: Record<string, unknown>): Logger {
  const write =
    (level: keyof Sink) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      sink[level]({ ...bound, ...traceField(), ...maskFields(fields) }, maskText(message));
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    with: (fields) => loggerOver(sink, { ...bound, ...maskFields(fields) }),
  };
}

/** Says which trace a line belongs to. */
function traceField(): { trace?: string } {
  const span = currentSpan();
  return span ? { trace: span.traceId } : {};
}

function timeField(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
