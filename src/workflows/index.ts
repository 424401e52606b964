/** Every workflow that workers register. */
export { marketFeed } from './market-feed';
export { order } from './order';
export { tradingSession } from './trading-session';
