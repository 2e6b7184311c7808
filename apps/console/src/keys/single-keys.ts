const key = 'baton.single-keys';

/** Whether single letters act. People who steer by voice switch them off (WCAG 2.1.4); kept on this device. */
export function singleKeysAct(): boolean {
  return localStorage.getItem(key) !== 'off';
}

/** Switches the single-letter keys on or off for this device. */
export function setSingleKeys(act: boolean): void {
  localStorage.setItem(key, act ? 'on' : 'off');
}
