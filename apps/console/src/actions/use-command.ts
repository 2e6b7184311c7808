import { useState } from 'react';

/** Runs one command at a time and keeps its refusal, so that a dialog stays open with everything typed. */
export function useCommand(): {
  busy: boolean;
  error: unknown;
  run: (command: () => Promise<unknown>) => Promise<boolean>;
} {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (command: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await command();
      return true;
    } catch (refused) {
      setError(refused);
      setBusy(false);
      return false;
    }
  };
  return { busy, error, run };
}
