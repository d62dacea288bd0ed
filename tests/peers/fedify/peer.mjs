// A Fedify server with one actor, as a process of its own: the real peer that our node is tested against.
//
//   PORT=7101 node peer.mjs         prints `fedify-peer ready <actor URI>` once it answers
//
// What it is told by environment:
//   HOST (127.0.0.1), PORT (7101), ORIGIN       where it listens, and what its URIs begin with
//   TLS_CERT, TLS_KEY                           https (trust a test CA with NODE_EXTRA_CA_CERTS)
//   USER_ID (ada)                               the actor's name
//   FIRST_KNOCK                                 rfc9421 (default) or draft-cavage-http-signatures-12
//   AUTHORIZED_FETCH, ACCEPT_SIGNATURE,
//   MANUAL_ACCEPT, QUEUE, DEBUG                 switches; any value is "on"
//
// What it federates:   /.well-known/webfinger /nodeinfo/2.1 /users/{id}[/inbox|/outbox|/followers|/following] /notes/{id} /inbox
// What tests drive:    GET /_/state, GET /_/log, POST /_/reset, POST /_/<verb> with a JSON body (see control.mjs)
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { configure, getConsoleSink } from "@logtape/logtape";
import { createPeer } from "./federation.mjs";
import { createControl } from "./control.mjs";

const LONGEST_LOGGED_BODY = 20_000;
const LONGEST_LOGGED_REPLY = 300;

const { env } = process;
const port = Number(env.PORT ?? 7101);
const host = env.HOST ?? "127.0.0.1";
const tls = env.TLS_CERT ? { cert: fs.readFileSync(env.TLS_CERT), key: fs.readFileSync(env.TLS_KEY) } : null;
const origin = env.ORIGIN ?? `${tls ? "https" : "http"}://${host}:${port}`;

await configure({
  sinks: { console: getConsoleSink() },
  loggers: [
    { category: "fedify", sinks: ["console"], lowestLevel: env.DEBUG ? "debug" : "error" },
    { category: ["logtape", "meta"], sinks: ["console"], lowestLevel: "error" },
  ],
});

const peer = await createPeer({
  origin,
  name: env.USER_ID ?? "ada",
  firstKnock: env.FIRST_KNOCK ?? "rfc9421",
  authorizedFetch: Boolean(env.AUTHORIZED_FETCH),
  acceptSignature: Boolean(env.ACCEPT_SIGNATURE),
  manualAccept: Boolean(env.MANUAL_ACCEPT),
  queue: Boolean(env.QUEUE),
});
const control = createControl(peer);

async function readBody(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function answerJson(outgoing, status, value) {
  outgoing.writeHead(status, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(value ?? null));
}

/** Hands one request to Fedify and keeps both sides of it for `GET /_/log`. */
async function federate(url, incoming, body, outgoing) {
  const bodiless = ["GET", "HEAD"].includes(incoming.method);
  const request = new Request(url, { method: incoming.method, headers: incoming.headers, body: bodiless ? undefined : body });
  const response = await peer.federation.fetch(request, {
    contextData: undefined,
    onNotFound: () => new Response("not found", { status: 404 }),
    onNotAcceptable: () => new Response("<h1>html</h1>", { headers: { "content-type": "text/html", vary: "Accept" } }),
  });
  const reply = Buffer.from(await response.arrayBuffer());
  peer.wire.push({
    method: incoming.method,
    path: incoming.url,
    status: response.status,
    headers: incoming.headers,
    body: body.toString().slice(0, LONGEST_LOGGED_BODY),
    reply: response.status >= 400 ? reply.toString().slice(0, LONGEST_LOGGED_REPLY) : undefined,
  });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(reply);
}

async function handle(incoming, outgoing) {
  const body = await readBody(incoming);
  const url = new URL(incoming.url, origin);
  try {
    if (!url.pathname.startsWith("/_/")) return await federate(url, incoming, body, outgoing);
    const verb = url.pathname.slice("/_/".length);
    if (!Object.hasOwn(control, verb)) return answerJson(outgoing, 404, { error: `no verb ${verb}` });
    answerJson(outgoing, 200, await control[verb](body.length ? JSON.parse(body) : {}));
  } catch (error) {
    answerJson(outgoing, 500, { error: String(error), stack: error?.stack?.split("\n").slice(0, 4), status: error?.statusCode });
  }
}

const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
server.listen(port, host, () => console.log(`fedify-peer ready ${origin}/users/${peer.name}`));
