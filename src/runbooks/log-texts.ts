/** What lines of each class contain: any of these, compared as they are. */
export type WorkflowTexts = Readonly<Record<'transition' | 'return' | 'database', readonly string[]>>;

/** What is looked for where `logPatterns.workflow` names nothing else: PostgreSQL's own words, and the usual ones. */
export const WORKFLOW_TEXTS: WorkflowTexts = {
  transition: [
    'illegal transition',
    'invalid transition',
    'illegal state transition',
    'invalid state transition',
  ],
  return: ['return workflow failed', 'return-workflow failed'],
  database: ['statement timeout', 'transaction timeout', 'transaction timed out', 'lock timeout'],
};

/** What lines of ours contain, compared as they are: no expression. */
export interface LogTexts {
  readonly fulfilmentWebhook: string;
  readonly returnApproval: string;
  readonly returnLabel: string;
  /** `{id}` stands for the export. */
  readonly exportJob: string;
  /** Lines of codes that no command greps (X11). */
  readonly stuckOrders: readonly string[];
  readonly databasePool: readonly string[];
  /** Failures in the workflow engine's log, by class (X9); null: not configured. */
  readonly workflow: WorkflowTexts | null;
}

/** The runbook's own, and its codes. */
export const LOG_TEXTS: LogTexts = {
  fulfilmentWebhook: 'webhook:fulfillment',
  returnApproval: 'return:approval',
  returnLabel: 'return:label',
  exportJob: 'export:{id}',
  stuckOrders: ['ORDER_PROCESSING_TIMEOUT', 'WORKFLOW_STUCK'],
  databasePool: ['DB_POOL_EXHAUSTED', 'CONNECTION_TIMEOUT', 'TOO_MANY_CONNECTIONS'],
  workflow: null,
};
