type Data = Buffer | string | null | undefined;

function lengthOf(data: Data): number {
  if (data === null || data === undefined) return -1;
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length;
}

/** Small numbers of either sign as small numbers without one, as Kafka writes what it gives as few bytes as it needs. */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

/** Counts the bytes that a `Writer` will take for the same. */
export class Measure {
  bytes = 0;

  byte(): this {
    this.bytes += 1;
    return this;
  }

  varInt(value: number): this {
    this.bytes += 1;
    for (let rest = zigzag(value); rest > 127; rest >>>= 7) this.bytes += 1;
    return this;
  }

  data(data: Data): this {
    const length = lengthOf(data);
    this.varInt(length);
    this.bytes += Math.max(length, 0);
    return this;
  }
}

/** Writes numbers and data as Kafka's protocol has them, into as many bytes as were asked for. */
export class Writer {
  readonly buffer: Buffer;
  offset = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafe(bytes);
  }

  byte(value: number): this {
    this.offset = this.buffer.writeInt8(value, this.offset);
    return this;
  }

  int16(value: number): this {
    this.offset = this.buffer.writeInt16BE(value, this.offset);
    return this;
  }

  int32(value: number): this {
    this.offset = this.buffer.writeInt32BE(value, this.offset);
    return this;
  }

  int64(value: number): this {
    this.offset = this.buffer.writeBigInt64BE(BigInt(value), this.offset);
    return this;
  }

  varInt(value: number): this {
    let rest = zigzag(value);
    for (; rest > 127; rest >>>= 7) this.buffer[this.offset++] = (rest & 127) | 128;
    this.buffer[this.offset++] = rest;
    return this;
  }

  text(value: string): this {
    this.offset += this.buffer.write(value, this.offset);
    return this;
  }

  data(data: Data): this {
    this.varInt(lengthOf(data));
    if (typeof data === 'string') return this.text(data);
    if (data) this.offset += data.copy(this.buffer, this.offset);
    return this;
  }
}
