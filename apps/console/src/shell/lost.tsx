import { Link } from '@tanstack/react-router';
import { Map } from 'lucide-react';
import { Empty } from '../look/notice.js';

/** An address that leads nowhere, with the way home. */
export function Lost() {
  return (
    <Empty icon={<Map />} title="There is no page at this address">
      <p>
        It may have been mistyped, or the lead was merged into another. <Link to="/">Open the queue</Link>
      </p>
    </Empty>
  );
}
