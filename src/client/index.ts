/**
 * A client of `oppo serve`, typed from the service's own routes.
 * @module
 */
export { openServiceClient, type ServiceClient, type ServiceClientOptions } from "./client.ts";
