import { accessSync, constants, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads single variables and collects what is wrong with them; an empty variable counts as not set. */
export class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string): string | undefined {
    return this.env[name]?.trim() || undefined;
  }

  refuseUnknown(prefix: string, known: readonly string[]): void {
    const unknown = Object.keys(this.env).filter((name) => name.startsWith(prefix) && !known.includes(name));
    for (const name of unknown.toSorted())
      this.faults.push(`${name} is not a known setting; known are ${known.join(', ')}`);
  }

  /** A setting that means nothing because another one is missing is a mistake, not a wish. */
  refuseWithout(needed: string, names: readonly string[]): void {
    if (this.text(needed) !== undefined) return;
    const idle = names.filter((name) => this.text(name) !== undefined);
    for (const name of idle) this.faults.push(`${name} is set, but ${needed} is not; set both or neither`);
  }

  require(name: string, reason: string): void {
    if (this.text(name) === undefined) this.faults.push(`${name} is required ${reason}`);
  }

  port(name: string, fallback: number): number {
    return this.wholeNumber(name, { least: 0, most: 65_535, meaning: '0 takes a free port' }) ?? fallback;
  }

  wholeNumber(
    name: string,
    { least, most, meaning }: { readonly least: number; readonly most: number; readonly meaning: string },
  ): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    this.faults.push(`${name} is "${text}"; give a number from ${least} to ${most} (${meaning})`);
    return undefined;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const valid = URL.canParse(text) && protocols.includes(new URL(text).protocol);
    if (!valid)
      this.faults.push(
        `${name} is not a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      );
    return text;
  }

  origins(name: string): readonly string[] | undefined {
    const listed = this.text(name)
      ?.split(',')
      .map((text) => text.trim());
    for (const text of listed ?? []) {
      if (!URL.canParse(text) || new URL(text).origin !== text)
        this.faults.push(`${name} lists "${text}"; give origins like https://www.example.com, separated by commas`);
    }
    return listed;
  }

  file(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const path = resolve(text);
    try {
      accessSync(path, constants.R_OK);
    } catch {
      this.faults.push(`${name} names ${path}, which cannot be read; give the path of a readable file`);
    }
    return path;
  }

  /** The content of a text file that a variable names. */
  fileContent(name: string): string | undefined {
    const faultsBefore = this.faults.length;
    const path = this.file(name);
    return path !== undefined && this.faults.length === faultsBefore ? readFileSync(path, 'utf8') : undefined;
  }

  /** `requiredWith` names the settings that make other processes need the same secret. */
  secret(
    name: string,
    rule: { readonly requiredWith: string | undefined; readonly minLength: number },
  ): string | undefined {
    const text = this.text(name);
    if (text === undefined) {
      if (rule.requiredWith !== undefined)
        this.faults.push(`${name} is required with ${rule.requiredWith}; give the same value to every process`);
      return undefined;
    }
    if (text.length < rule.minLength)
      this.faults.push(`${name} is too short; give at least ${rule.minLength} characters`);
    return text;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    if (!choice) this.faults.push(`${name} is "${text}"; give one of ${choices.join(', ')}`);
    return choice;
  }
}
