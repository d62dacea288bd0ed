// What a test can make the peer do: one function a verb, called with the JSON body of POST /_/<verb>.
import * as fed from "@fedify/fedify";
import * as vocab from "@fedify/vocab";
import { Temporal } from "@js-temporal/polyfill";

const RSA = "RSASSA-PKCS1-v1_5";

/** {verb: function from the request's JSON to the answer's}. */
export function createControl(peer) {
  const sent = new Map(); // what was followed or liked (a URI) -> the activity, so that it can be undone
  const newContext = () => peer.federation.createContext(new Request(peer.origin), undefined);
  const me = (context) => context.getActorUri(peer.name);

  async function undo(context, recipient, uri) {
    const activity = new vocab.Undo({ id: peer.newUri(context, "undo"), actor: me(context), object: sent.get(uri) });
    await peer.send(context, recipient, activity);
    sent.delete(uri);
    return { id: activity.id.href };
  }

  return {
    state() {
      return {
        origin: peer.origin,
        actor: me(newContext()).href,
        followers: [...peer.followers.keys()],
        following: Object.fromEntries(peer.following),
        pending: [...peer.pending.keys()],
        notes: [...peer.notes.values()].map((note) => note.id.href),
      };
    },

    log() {
      return { received: peer.received, wire: peer.wire };
    },

    reset() {
      peer.received.length = 0;
      peer.wire.length = 0;
    },

    /** {actor: URI or handle} */
    async follow({ actor }) {
      const context = newContext();
      const followed = await context.lookupObject(actor);
      if (!vocab.isActor(followed)) throw new Error(`cannot resolve ${actor}`);
      const activity = new vocab.Follow({ id: peer.newUri(context, "follow"), actor: me(context), object: followed.id });
      peer.following.set(followed.id.href, "requested");
      sent.set(followed.id.href, activity);
      await peer.send(context, followed, activity);
      return { id: activity.id.href };
    },

    /** {actor} */
    async unfollow({ actor }) {
      const context = newContext();
      const followed = await context.lookupObject(actor);
      peer.following.delete(followed.id.href);
      return undo(context, followed, followed.id.href);
    },

    /** {actor}: accepts a follow that waits, where MANUAL_ACCEPT is on */
    async approve({ actor }) {
      await peer.pending.get(actor)();
      peer.pending.delete(actor);
    },

    /** {content, to: "direct" or nothing for public, inReplyTo, mention: an actor, sensitive, summary} */
    async post({ content = "hello", to, inReplyTo, mention, sensitive, summary }) {
      const context = newContext();
      const id = String(peer.nextNumber());
      const mentioned = mention ? await context.lookupObject(mention) : null;
      const direct = to === "direct";
      const note = new vocab.Note({
        id: context.getObjectUri(vocab.Note, { id }),
        attribution: me(context),
        content,
        summary,
        sensitive,
        published: Temporal.Now.instant(),
        tos: direct ? [mentioned.id] : [vocab.PUBLIC_COLLECTION],
        ccs: direct ? [] : [context.getFollowersUri(peer.name), ...(mentioned ? [mentioned.id] : [])],
        replyTarget: inReplyTo ? new URL(inReplyTo) : undefined,
        tags: mentioned ? [new vocab.Mention({ href: mentioned.id, name: `@${mentioned.preferredUsername}@${mentioned.id.host}` })] : [],
      });
      const create = new vocab.Create({
        id: new URL("#create", note.id),
        actor: note.attributionId,
        object: note,
        tos: [...note.toIds],
        ccs: [...note.ccIds],
        published: note.published,
      });
      peer.notes.set(id, note);
      if (!direct) {
        peer.outbox.push(create);
        await peer.send(context, "followers", create, { preferSharedInbox: true });
      }
      if (mentioned) await peer.send(context, mentioned, create);
      return { note: note.id.href };
    },

    /** {note: URI, content} */
    async edit({ note: uri, content }) {
      const context = newContext();
      const id = uri.split("/").pop();
      const note = peer.notes.get(id).clone({ content, updated: Temporal.Now.instant() });
      peer.notes.set(id, note);
      const activity = new vocab.Update({
        id: peer.newUri(context, "update"),
        actor: me(context),
        object: note,
        tos: [...note.toIds],
        ccs: [...note.ccIds],
      });
      await peer.send(context, "followers", activity);
      return { id: activity.id.href };
    },

    /** {note: URI} */
    async delete({ note: uri }) {
      const context = newContext();
      peer.notes.delete(uri.split("/").pop());
      const activity = new vocab.Delete({
        id: peer.newUri(context, "delete"),
        actor: me(context),
        object: new vocab.Tombstone({ id: new URL(uri) }),
        to: vocab.PUBLIC_COLLECTION,
      });
      await peer.send(context, "followers", activity);
      return { id: activity.id.href };
    },

    /** {object: URI, author: URI} */
    async like({ object, author }) {
      const context = newContext();
      const activity = new vocab.Like({ id: peer.newUri(context, "like"), actor: me(context), object: new URL(object) });
      sent.set(object, activity);
      await peer.send(context, await context.lookupObject(author), activity);
      return { id: activity.id.href };
    },

    /** {object, author} */
    async unlike({ object, author }) {
      const context = newContext();
      return undo(context, await context.lookupObject(author), object);
    },

    /** {object, author} */
    async announce({ object, author }) {
      const context = newContext();
      const activity = new vocab.Announce({
        id: peer.newUri(context, "announce"),
        actor: me(context),
        object: new URL(object),
        to: vocab.PUBLIC_COLLECTION,
        cc: context.getFollowersUri(peer.name),
      });
      await peer.send(context, await context.lookupObject(author), activity);
      return { id: activity.id.href };
    },

    /** {name}: renames the actor and tells its followers */
    async update({ name = "Renamed" }) {
      const context = newContext();
      peer.title = name;
      const activity = new vocab.Update({
        id: peer.newUri(context, "update"),
        actor: me(context),
        object: await context.getActor(peer.name),
        to: vocab.PUBLIC_COLLECTION,
      });
      await peer.send(context, "followers", activity);
      return { id: activity.id.href };
    },

    /** {object: URI, signed: true to sign the request}: any remote object as Fedify sees it, or null */
    async lookup({ object, signed }) {
      const context = newContext();
      const documentLoader = signed ? await context.getDocumentLoader({ identifier: peer.name }) : undefined;
      const found = await context.lookupObject(object, { documentLoader });
      return found && { type: found.constructor.name, json: await found.toJsonLd() };
    },

    /** {inbox: URI, document}: posts any activity, whoever's it is, signed with this peer's key; answers the status */
    async carry({ inbox, document }) {
      const pairs = await newContext().getActorKeyPairs(peer.name);
      const { privateKey, keyId } = pairs.find((pair) => pair.privateKey.algorithm.name === RSA);
      const headers = { "content-type": "application/activity+json" };
      const request = new Request(inbox, { method: "POST", body: JSON.stringify(document), headers });
      return (await fetch(await fed.signRequest(request, privateKey, keyId))).status;
    },

    /** {document}: whether it carries a proof that holds (FEP-8b32) */
    async verify({ document }) {
      const { documentLoader, contextLoader } = newContext();
      return (await fed.verifyObject(vocab.Object, document, { documentLoader, contextLoader })) != null;
    },
  };
}
