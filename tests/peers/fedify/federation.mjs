// The peer's federation: one actor, its collections and notes, and an inbox that writes down what arrives.
import * as fed from "@fedify/fedify";
import * as vocab from "@fedify/vocab";

const RSA_2048 = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048, // Fedify's own generator makes 4096 bits, slow to start
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const ONLY_WRITTEN_DOWN = [
  vocab.Create,
  vocab.Update,
  vocab.Delete,
  vocab.Like,
  vocab.Announce,
  vocab.Block,
  vocab.Flag,
  vocab.Move,
  vocab.Add,
  vocab.Remove,
  vocab.EmojiReact,
];

/** The peer: its Fedify object, and what it remembers in maps and lists that the control verbs read and change. */
export async function createPeer(options) {
  const peer = {
    name: options.name,
    title: `Fedify ${options.name}`,
    origin: options.origin,
    followers: new Map(), // actor URI -> recipient
    following: new Map(), // actor URI -> "requested" or "accepted"
    notes: new Map(), // id -> Note
    outbox: [],
    pending: new Map(), // actor URI -> function that accepts the follow
    received: [],
    wire: [],
    federation: fed.createFederation({
      kv: new fed.MemoryKvStore(),
      queue: options.queue ? new fed.InProcessMessageQueue() : undefined,
      allowPrivateAddress: true,
      firstKnock: options.firstKnock,
      inboxChallengePolicy: options.acceptSignature ? { enabled: true } : undefined,
      origin: options.origin,
    }),
    lastNumber: 0,
    nextNumber: () => ++peer.lastNumber,
    newUri: (context, what) => new URL(`#${what}-${peer.nextNumber()}`, context.getActorUri(peer.name)),
    send: (context, to, activity, how = {}) => context.sendActivity({ identifier: peer.name }, to, activity, how),
  };
  const keys = [await crypto.subtle.generateKey(RSA_2048, true, ["sign", "verify"]), await fed.generateCryptoKeyPair("Ed25519")];
  publish(peer, keys, options);
  listen(peer, options);
  return peer;
}

function publish(peer, keys, { authorizedFetch, manualAccept }) {
  const { federation } = peer;
  const mine = (identifier, value) => (identifier === peer.name ? value() : null);
  const mayRead = async (context) => !authorizedFetch || (await context.getSignedKeyOwner()) != null;

  federation
    .setActorDispatcher("/users/{identifier}", (context, identifier) => mine(identifier, () => actor(context, peer, manualAccept)))
    .setKeyPairsDispatcher((_context, identifier) => mine(identifier, () => keys) ?? [])
    .authorize(mayRead);
  federation
    .setFollowersDispatcher("/users/{identifier}/followers", (_context, identifier) =>
      mine(identifier, () => ({ items: [...peer.followers.values()] })),
    )
    .setCounter(() => peer.followers.size)
    .authorize(mayRead);
  federation
    .setFollowingDispatcher("/users/{identifier}/following", (_context, identifier) =>
      mine(identifier, () => ({ items: [...peer.following.keys()].map((uri) => new URL(uri)) })),
    )
    .setCounter(() => peer.following.size)
    .authorize(mayRead);
  federation
    .setOutboxDispatcher("/users/{identifier}/outbox", (_context, identifier) =>
      mine(identifier, () => ({ items: [...peer.outbox].reverse() })),
    )
    .setCounter(() => peer.outbox.length)
    .authorize(mayRead);
  federation.setObjectDispatcher(vocab.Note, "/notes/{id}", (_context, { id }) => peer.notes.get(id) ?? null);
  federation.setNodeInfoDispatcher("/nodeinfo/2.1", () => ({
    software: { name: "fedify-peer", version: "0.0.1" },
    protocols: ["activitypub"],
    usage: { users: { total: 1 }, localPosts: peer.notes.size, localComments: 0 },
  }));
}

async function actor(context, { name: identifier, title }, manualAccept) {
  const pairs = await context.getActorKeyPairs(identifier);
  return new vocab.Person({
    id: context.getActorUri(identifier),
    url: context.getActorUri(identifier),
    preferredUsername: identifier,
    name: title,
    inbox: context.getInboxUri(identifier),
    outbox: context.getOutboxUri(identifier),
    followers: context.getFollowersUri(identifier),
    following: context.getFollowingUri(identifier),
    endpoints: new vocab.Endpoints({ sharedInbox: context.getInboxUri() }),
    publicKey: pairs[0].cryptographicKey,
    assertionMethods: pairs.map((pair) => pair.multikey),
    manuallyApprovesFollowers: manualAccept,
    discoverable: true,
    indexable: true,
  });
}

function listen(peer, { manualAccept }) {
  const inbox = peer.federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");

  const writeDown = async (context, activity) => {
    peer.received.push({
      type: activity.constructor.name,
      actor: activity.actorId?.href,
      id: activity.id?.href,
      object: activity.objectId?.href,
      json: await activity.toJsonLd({ contextLoader: context.contextLoader }),
    });
  };

  inbox.on(vocab.Follow, async (context, follow) => {
    await writeDown(context, follow);
    const follower = await follow.getActor(context);
    const followed = context.parseUri(follow.objectId)?.identifier;
    if (follower?.id == null || follower.inboxId == null || followed !== peer.name) return;
    const accept = async () => {
      peer.followers.set(follower.id.href, { id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints });
      const answer = new vocab.Accept({ id: peer.newUri(context, "accept"), actor: follow.objectId, object: follow });
      await peer.send(context, follower, answer);
    };
    if (manualAccept) peer.pending.set(follower.id.href, accept);
    else await accept();
  });
  inbox.on(vocab.Undo, async (context, undo) => {
    await writeDown(context, undo);
    const undone = await undo.getObject(context);
    const theirOwn = undone?.actorId?.href === undo.actorId?.href;
    if (undone instanceof vocab.Follow && theirOwn) peer.followers.delete(undo.actorId.href);
  });
  inbox.on(vocab.Accept, async (context, accept) => {
    await writeDown(context, accept);
    if (peer.following.has(accept.actorId?.href)) peer.following.set(accept.actorId.href, "accepted");
  });
  inbox.on(vocab.Reject, async (context, reject) => {
    await writeDown(context, reject);
    peer.following.delete(reject.actorId?.href);
  });
  for (const type of ONLY_WRITTEN_DOWN) inbox.on(type, writeDown);
  inbox.onError((_context, error) => peer.received.push({ type: "ERROR", error: String(error) }));
  inbox.setSharedKeyDispatcher(() => ({ identifier: peer.name }));
}
