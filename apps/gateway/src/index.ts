export { createApp } from './app.ts';
export { openCatalogue, readProfiles } from './catalogue.ts';
export { type GatewayConfig, readConfig } from './config.ts';
export type { FarmSide, Gateway } from './gateway.ts';
export { openMediaFetcher } from './media/remote.ts';
export { openApiDocument } from './openapi/document.ts';
export { routes } from './routes.ts';
