import { json } from '../http/call.ts';
import { openApiDocument } from '../openapi/document.ts';
import { routes } from '../routes.ts';

/** `GET /openapi.json`: made once from the schemas that validate. */
let document: unknown;
export const openapi = () => {
  document ??= openApiDocument(routes);
  return json(200, document);
};
