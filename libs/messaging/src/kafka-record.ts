/** Of kafkajs: reads the bytes of one record. */
export interface RecordDecoder {
  offset: number;
  readonly buffer: Buffer;
  readVarInt(): number;
  readVarIntBytes(): Buffer | null;
  readVarIntString(): string | null;
}

/** What kafkajs knows of the batch that a record is in. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly timestampType: number;
  readonly magicByte: number;
  readonly isControlBatch: boolean;
}

const logAppendTime = 1;
const longestTime = 4;

/**
 * A record as kafkajs makes it of its bytes; kafkajs computes times and offsets in BigInt and copies the headers for each one
 * more. Undefined where that matters: a time far from its batch's, numbers beyond 2^53, a header whose name an object has already.
 */
export function plainRecord(decoder: RecordDecoder, batchContext: BatchContext): object | undefined {
  const { firstOffset, firstTimestamp, maxTimestamp, timestampType, magicByte, isControlBatch } = batchContext;
  const attributes = decoder.buffer.readInt8(0);
  decoder.offset = 1;
  const timestamp = Number(firstTimestamp) + decoder.readVarInt();
  if (decoder.offset > 1 + longestTime) return undefined;
  const offset = Number(firstOffset) + decoder.readVarInt();
  if (!Number.isSafeInteger(timestamp) || !Number.isSafeInteger(offset)) return undefined;
  const key = decoder.readVarIntBytes();
  const value = decoder.readVarIntBytes();
  const headers: Record<string, Buffer | null> = {};
  for (let left = decoder.readVarInt(); left > 0; left -= 1) {
    const name = String(decoder.readVarIntString());
    if (name in headers) return undefined;
    headers[name] = decoder.readVarIntBytes();
  }
  return {
    magicByte,
    attributes,
    timestamp: timestampType === logAppendTime ? maxTimestamp : String(timestamp),
    offset: String(offset),
    key,
    value,
    headers,
    isControlRecord: isControlBatch,
    batchContext,
  };
}
