/** What a recurrent network is made of, in PyTorch's words. */
export type Cell = 'lstm' | 'gru';

export interface RecurrentShape {
  readonly cell: Cell;
  readonly columns: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly outputs: number;
}
