const handled = new Set<string>();

/** This page's person has just put the lead out of the queue: it need not be held in place for them. */
export function markHandled(lead: string): void {
  handled.add(lead);
}

/** The move was taken back. */
export function unmarkHandled(lead: string): void {
  handled.delete(lead);
}

/** Whether the lead left the queue by this page's own doing. */
export function wasHandled(lead: string): boolean {
  return handled.has(lead);
}
