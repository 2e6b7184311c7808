import { type ArgumentsHost, Catch, type RpcExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/**
 * Lets a topic handler's error through as it was thrown. Nest's own filter replaces what it does not know by "Internal
 * server error", and the consumer could no longer tell an outage from a record that can never be handled.
 */
@Catch()
export class RethrowFilter implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}
