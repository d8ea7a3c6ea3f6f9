/** Every page that the knowledge sends people to; `links` of oms.yaml says where each is. */
export const LINKS = {
  dashboard: 'The service’s dashboard, on every card.',
  runbook:
    'Your own copy of the runbook, on every card; {runbook} becomes the name of its page in docs/runbooks.',
  repository: 'The service’s repository, on every card; where fixes and follow-ups go.',
  gatewayStatus: 'The payment gateway’s status page, where X3 is not configured.',
  gatewayDashboard: 'The gateway’s dashboard, for refunds by hand.',
  gatewaySupport: 'Where a case with the gateway is opened.',
  paymentTest: 'The procedure for one test payment.',
  paymentCredentials: 'The vault’s page of the gateway’s credentials.',
  backupGateway: 'How payments are switched to the second processor.',
  reservationTimeout: 'How the timeout of reservations is raised.',
  orderAdmin: 'The back office of orders: notes, addresses, cancelling.',
  catalogAdmin: 'The back office of the catalog: corrections of stock by hand.',
  warehouseStatus: 'The warehouse’s status page or contact.',
  carrierPortal: 'The carrier’s portal, for labels by hand.',
  carrierSupport: 'Where a case with the carrier is opened.',
  carrierCoverage: 'Where the carrier delivers.',
  backupCarrier: 'How orders are moved to the second carrier.',
  database: 'The page or contact of the database’s owners.',
  kafka: 'How Kafka is scaled, or its cloud’s console.',
  heapDump: 'How a heap dump is fetched, read and deleted.',
  fraudModel: 'The page or contact of the fraud model’s owners.',
  returnAdmin: 'The back office of returns: notes.',
  exportTimeout: 'How an export’s timeout is raised.',
  exportByHand: 'How an export is run by hand.',
} as const satisfies Record<string, string>;

export type LinkName = keyof typeof LINKS;
export const LINK_NAMES = Object.keys(LINKS) as readonly LinkName[];

/** Shown below every card, in this order; the others stand at the step that needs them. */
export const CARD_LINKS = ['dashboard', 'runbook', 'repository'] as const satisfies readonly LinkName[];
