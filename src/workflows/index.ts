/** Every workflow that workers register. */
export { championWatch } from './champion-watch';
export { driftMonitor } from './drift-monitor';
export { historyExport } from './history-export';
export { hyperparameterSearch } from './hyperparameter-search';
export { marketFeed } from './market-feed';
export { newsIngestion } from './news-ingestion';
export { order } from './order';
export { outsideIngestion } from './outside-ingestion';
export { retraining } from './retraining';
export { tradingSession } from './trading-session';
export { weeklyRebalance } from './weekly-rebalance';
