import { useState } from 'react';
import { setSingleKeys, singleKeysAct } from '../keys/single-keys.js';
import { Key } from '../look/button.js';
import { Modal } from '../look/modal.js';
import styles from './key-help.module.css';

const groups: readonly { title: string; keys: readonly [string[], string][] }[] = [
  {
    title: 'Move',
    keys: [
      [['j', 'k'], 'Next and previous lead'],
      [['Enter'], 'Open the lead'],
      [['/'], 'Search'],
      [['⌘K', 'Ctrl K'], 'Everything'],
      [['Esc'], 'Close, back to the queue'],
    ],
  },
  {
    title: 'Act on the lead',
    keys: [
      [['a'], 'Accept'],
      [['c'], 'Log a call'],
      [['q'], 'Qualify'],
      [['r'], 'Recycle, with a reason'],
      [['d'], 'Disqualify, with a reason'],
      [['o'], 'Give to another owner'],
      [['z'], 'Undo, within 10 seconds'],
      [['1', '9'], 'Choose in a dialog'],
    ],
  },
];

/** All keys, and the switch that rests the single-letter ones. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const [act, setAct] = useState(singleKeysAct);
  return (
    <Modal title="Keys" about="Everything also works by mouse and touch." onClose={onClose}>
      <div className={styles['help']}>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([names, does]) => (
                <div key={does}>
                  <dt>
                    <span className="visually-hidden">{names.join(' or ')}</span>
                    {names.map((name) => (
                      <Key key={name}>{name}</Key>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className={styles['switch']}>
        <input
          type="checkbox"
          checked={act}
          onChange={({ target }) => {
            setSingleKeys(target.checked);
            setAct(target.checked);
          }}
        />
        Single-letter keys act on this device
      </label>
    </Modal>
  );
}
