/** What IB's status text says about an order; null when it says nothing by itself (`Filled` is proven by executions only). */
export function eventOfStatus(status: string): 'acknowledged' | 'cancel-confirmed' | 'rejected' | null {
  switch (status) {
    case 'ApiPending':
    case 'PendingSubmit':
    case 'PreSubmitted':
    case 'Submitted':
      return 'acknowledged';
    case 'Cancelled':
    case 'ApiCancelled':
      return 'cancel-confirmed';
    case 'Inactive':
      return 'rejected';
    default:
      return null;
  }
}
