import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { startQuery } from '../api/queries.js';
import type { Start } from '../api/types.js';
import { Failure, Skeleton } from '../look/notice.js';
import { Arrivals } from './arrivals.js';
import { Snippet } from './snippet.js';
import styles from './start-page.module.css';

/** From an empty installation to the first lead: copy one of three, and watch what arrives. */
export function StartPage() {
  const start = useQuery(startQuery);
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <h1>{start.data?.arrived.lead ? 'Baton is receiving leads' : 'Send Baton its first event'}</h1>
        <p>
          {start.data?.arrived.lead
            ? 'More sources can be connected at any time; they all use the same write key.'
            : 'Any of these will do. The list beside them fills in as things arrive.'}
        </p>
      </header>
      {start.isPending && <Skeleton what="your keys" />}
      {start.isError && !start.data && (
        <Failure what="Your keys did not load" error={start.error} retry={() => void start.refetch()} />
      )}
      {start.data && (
        <div className={styles['columns']}>
          <Ways start={start.data} />
          <Arrivals arrived={start.data.arrived} />
        </div>
      )}
    </div>
  );
}

function Ways({ start }: { start: Start }) {
  return (
    <div className={styles['ways']}>
      <Snippet
        title="On your website"
        about="Before the closing head tag. It records pages and forms, and respects consent."
        code={websiteSnippet(start)}
      />
      <Snippet
        title="From a terminal"
        about="One line, to see it work. It makes a lead of Kim, who wants a demo."
        code={curlLine(start)}
      />
      <Snippet
        title="With a demo market"
        about="Streams a simulated market into this installation, through its public endpoints."
        code="npx baton demo"
      />
      <p className={styles['more']}>
        Segment, RudderStack and Snowplow SDKs work unchanged: point them at <code>{start.url}</code> with the write key{' '}
        <code>{start.writeKey}</code>. History comes in with <code>npx baton import FILE --map MAPPING</code>. When
        leads are here, they wait in <Link to="/">the queue</Link>.
      </p>
    </div>
  );
}

function websiteSnippet({ url, writeKey }: Start): string {
  return `<script async src="${url}/baton.js"\n  data-write-key="${writeKey}"></script>`;
}

function curlLine({ url, writeKey }: Start): string {
  return `curl ${url}/v1/forms/demo -u ${writeKey}: \\\n  -H 'content-type: application/json' \\\n  -d '{"email":"kim@acme.io","name":"Kim Park","message":"Can we see a demo?"}'`;
}
