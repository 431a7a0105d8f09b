/** Redis keys of webhooks; the outbox itself is named beside the scripts that fill it. */
export function webhookKeys(prefix: string) {
  return {
    outbox: `${prefix}:outbox`,
    job: (id: string) => `${prefix}:job:${id}`,
    /** what is kept of a removed job until its last event is out */
    removed: (id: string) => `${prefix}:removed:${id}`,
    /** the scripts write events of every job while this key exists */
    endpoints: `${prefix}:endpoints`,
    /** and progress of every job while this one does */
    progressEndpoints: `${prefix}:endpoints:progress`,
    /** secrets by owner */
    secrets: `${prefix}:wh:secrets`,
    delivery: (id: string) => `${prefix}:wh:dlv:${id}`,
    /** deliveries of one job to one receiver whose first try is still to come, in order of occurrence */
    turns: (turn: string) => `${prefix}:wh:turn:${turn}`,
    /** lists of deliveries: `all`, `dead`, `job:<id>`, `owner:<key>` */
    list: (name: string) => `${prefix}:wh:list:${name}`,
    /** a job's own webhook that answered 410 */
    gone: (subject: string) => `${prefix}:wh:gone:${subject}`,
  };
}

export type WebhookKeys = ReturnType<typeof webhookKeys>;
