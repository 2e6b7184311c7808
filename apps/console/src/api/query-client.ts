import { QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './client.js';

/** Answers are refreshed by live changes; a refusal is not asked again, a silent server twice. Without a session: `onSignedOut`. */
export function createQueryClient({ onSignedOut }: { onSignedOut: () => void }): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => error instanceof Problem && error.status === 401 && onSignedOut(),
    }),
    defaultOptions: {
      queries: {
        staleTime: 2_000,
        refetchOnWindowFocus: true,
        retryDelay: (attempt) => 300 * 2 ** attempt,
        retry: (failures, error) => failures < 2 && (!(error instanceof Problem) || error.status === 0),
      },
    },
  });
}
