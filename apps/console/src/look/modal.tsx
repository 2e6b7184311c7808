import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './class-names.js';
import styles from './modal.module.css';

interface ModalProps {
  title: string;
  about?: ReactNode;
  wide?: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog over the page: focus stays inside, Escape closes, focus returns to where it was. */
export function Modal({ title, about, wide = false, onClose, children }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles['scrim']} />
        <Dialog.Content
          className={classes(styles['modal'], wide && styles['wide'])}
          {...(about ? {} : { 'aria-describedby': undefined })}
        >
          <header className={styles['header']}>
            <div>
              <Dialog.Title className={styles['title']}>{title}</Dialog.Title>
              {about && <Dialog.Description className={styles['about']}>{about}</Dialog.Description>}
            </div>
            <Dialog.Close className={styles['close']} aria-label="Close">
              <X />
            </Dialog.Close>
          </header>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
