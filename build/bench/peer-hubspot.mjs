// All contacts of a portal with their companies, as a user of HubSpot's own
// client for Node reads them: crm.contacts.getAll, with the client's own limiter
// and retries as its README sets them.
//
//   node peer-hubspot.mjs URL ACCESS_TOKEN
//
// It prints one line of JSON: contacts, those of them with a company, seconds.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Client } = require('@hubspot/api-client');
const { DEFAULT_LIMITER_OPTIONS } = require('@hubspot/api-client/lib/src/configuration/constants');

const [, , basePath, accessToken] = process.argv;
const client = new Client({ accessToken, basePath, limiterOptions: DEFAULT_LIMITER_OPTIONS, numberOfApiCallRetries: 3 });
const begun = performance.now();
const all = await client.crm.contacts.getAll(undefined, undefined, undefined, undefined, ['companies']);
const seconds = (performance.now() - begun) / 1000;
const linked = all.filter((one) => (one.associations?.companies?.results.length ?? 0) > 0).length;
console.log(JSON.stringify({ contacts: all.length, linked, seconds }));
