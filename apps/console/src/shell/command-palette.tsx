import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Filter, Inbox, Rocket, SunMoon, User } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { leadSearchQuery } from '../api/queries.js';
import { StageBadge } from '../facts/stage-badge.js';
import styles from './command-palette.module.css';
import { applyTheme, chosenTheme, nextTheme } from './theme.js';

/** Everything from one line: any lead by name, company or e-mail, any page, the theme. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const go = (then: () => void): void => {
    onClose();
    then();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles['scrim']} />
        <Dialog.Content className={styles['palette']} aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Search and commands</Dialog.Title>
          <Command shouldFilter={false} label="Search and commands" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Find a lead by name, company or e-mail, or go somewhere"
              className={styles['input']}
            />
            <Command.List className={styles['list']}>
              <FoundLeads text={text} onOpen={(id) => go(() => void navigate({ to: '/leads/$id', params: { id } }))} />
              <Places
                text={text}
                onGo={(to) => go(() => void navigate({ to }))}
                onTheme={() => go(() => applyTheme(nextTheme(chosenTheme())))}
              />
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function FoundLeads({ text, onOpen }: { text: string; onOpen: (id: string) => void }) {
  const q = useDeferredValue(text.trim());
  const found = useQuery({ ...leadSearchQuery(q), enabled: q.length > 1 });
  if (q.length < 2) return null;
  if (found.isError) return <p className={styles['said']}>The search failed: {found.error.message}</p>;
  if (found.data?.items.length === 0) return <p className={styles['said']}>No lead matches “{q}”.</p>;
  return (
    <Command.Group heading="Leads">
      {found.data?.items.map((lead) => (
        <Command.Item key={lead.id} value={lead.id} onSelect={() => onOpen(lead.id)} className={styles['item']}>
          <User aria-hidden="true" />
          <span className={styles['grow']}>{lead.name ?? lead.email ?? lead.id}</span>
          <span className={styles['muted']}>{lead.company}</span>
          <StageBadge stage={lead.stage} cycle={lead.cycle} />
        </Command.Item>
      ))}
    </Command.Group>
  );
}

const places = [
  { to: '/', label: 'Go to the queue', Icon: Inbox },
  { to: '/funnel', label: 'Go to the funnel', Icon: Filter },
  { to: '/start', label: 'Go to start: keys and first events', Icon: Rocket },
] as const;

interface PlacesProps {
  text: string;
  onGo: (to: (typeof places)[number]['to']) => void;
  onTheme: () => void;
}

function Places({ text, onGo, onTheme }: PlacesProps) {
  const matches = (label: string): boolean => label.toLowerCase().includes(text.trim().toLowerCase());
  return (
    <Command.Group heading="Commands">
      {places
        .filter(({ label }) => matches(label))
        .map(({ to, label, Icon }) => (
          <Command.Item key={to} value={label} onSelect={() => onGo(to)} className={styles['item']}>
            <Icon aria-hidden="true" />
            {label}
          </Command.Item>
        ))}
      {matches('Change the theme') && (
        <Command.Item value="theme" onSelect={onTheme} className={styles['item']}>
          <SunMoon aria-hidden="true" />
          Change the theme
        </Command.Item>
      )}
    </Command.Group>
  );
}
