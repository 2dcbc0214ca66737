import { type Route, sendJson } from '../ask.ts';

/** GET /v1/models */
export const models: Route = ({ response }, { model }) =>
  sendJson(response, 200, {
    object: 'list',
    data: [
      { id: model, object: 'model', created: 1_700_000_000, owned_by: 'vllm', root: model, parent: null },
    ],
  });
