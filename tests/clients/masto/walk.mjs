// masto.js, which Elk and Phanpy are built on, as its users write programs: origin, name, handle of somebody elsewhere, a picture.
// Asks on stdout for a code.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { setTimeout as wait } from "node:timers/promises";

import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const OOB = "urn:ietf:wg:oauth:2.0:oob";
const SCOPES = "read write follow push";
const [url, name, farHandle, picture] = process.argv.slice(2);

async function eventually(look, withinMs = 20_000) {
    const until = Date.now() + withinMs;
    for (;;) {
        const found = await look();
        if (found) return found;
        assert(Date.now() < until, "it never came");
        await wait(100);
    }
}

async function signIn() {
    const open = createRestAPIClient({ url });
    const app = await open.v1.apps.create({ clientName: "Walker", redirectUris: OOB, scopes: SCOPES });
    const asked = new URLSearchParams({ response_type: "code", client_id: app.clientId, redirect_uri: OOB, scope: SCOPES });
    console.log(`AUTHORIZE ${url}/oauth/authorize?${asked}`);
    const input = createInterface({ input: process.stdin });
    const code = (await input[Symbol.asyncIterator]().next()).value.trim();
    input.close();
    const oauth = createOAuthAPIClient({ url });
    const secrets = { clientId: app.clientId, clientSecret: app.clientSecret };
    const token = await oauth.token.create({ grantType: "authorization_code", ...secrets, redirectUri: OOB, code, scope: SCOPES });
    return { api: createRestAPIClient({ url, accessToken: token.accessToken }), token: token.accessToken, leave: () => oauth.revoke({ ...secrets, token: token.accessToken }) };
}

async function write(api) {
    const file = new Blob([await readFile(picture)], { type: "image/jpeg" });
    const media = await api.v2.media.create({ file, description: "A wall", focus: "0.5,-0.5" });
    assert.equal(media.description, "A wall");
    assert.equal((await api.v1.media.$select(media.id).update({ description: "A red wall" })).description, "A red wall");
    const post = await api.v1.statuses.create({ status: "Look #fences", mediaIds: [media.id], spoilerText: "wall", language: "en" });
    assert.equal(post.mediaAttachments[0].description, "A red wall");
    const asked = await api.v1.statuses.create({ status: "Tea?", poll: { options: ["yes", "no"], expiresIn: 3600 } });
    assert.deepEqual((await api.v1.polls.$select(asked.poll.id).fetch()).options.map(each => each.title), ["yes", "no"]);
    const answer = await api.v1.statuses.create({ status: "It is red.", inReplyToId: post.id });
    const thread = await api.v1.statuses.$select(post.id).context.fetch();
    assert.deepEqual(thread.descendants.map(each => each.id), [answer.id]);
    const changed = await api.v1.statuses.$select(post.id).update({ status: "Look at this #fences", mediaIds: [media.id] });
    assert.match(changed.content, /Look at this/);
    assert.equal((await api.v1.statuses.$select(post.id).history.list()).length, 2);
    assert.equal((await api.v1.statuses.$select(post.id).source.fetch()).text, "Look at this #fences");
    const later = await api.v1.statuses.create({ status: "Later", scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    assert.deepEqual((await api.v1.scheduledStatuses.list()).map(each => each.id), [later.id]);
    await api.v1.scheduledStatuses.$select(later.id).update({ scheduledAt: new Date(Date.now() + 7_200_000).toISOString() });
    await api.v1.scheduledStatuses.$select(later.id).remove();
    const gone = await api.v1.statuses.create({ status: "Gone soon" });
    assert.equal((await api.v1.statuses.$select(gone.id).remove()).text, "Gone soon");
    const pages = [];
    for await (const page of api.v1.timelines.home.list({ limit: 1 })) pages.push(page[0]?.id);
    assert.deepEqual(pages.filter(Boolean).slice(0, 3), [answer.id, asked.id, post.id]);
    assert((await api.v1.timelines.public.list({ local: true })).some(each => each.id === post.id));
    assert.equal((await api.v1.timelines.tag.$select("fences").list())[0].id, post.id);
    return post;
}

async function react(api, post) {
    const one = api.v1.statuses.$select(post.id);
    assert((await one.favourite()).favourited);
    assert.equal((await one.reblog()).reblog.id, post.id);
    assert((await one.bookmark()).bookmarked);
    assert((await one.pin()).pinned);
    assert((await one.mute()).muted);
    assert.deepEqual((await api.v1.bookmarks.list()).map(each => each.id), [post.id]);
    assert.deepEqual((await api.v1.favourites.list()).map(each => each.id), [post.id]);
    assert.equal((await one.favouritedBy.list())[0].username, name);
    assert.equal((await one.rebloggedBy.list())[0].username, name);
    assert(!(await one.unfavourite()).favourited);
    assert(!(await one.unreblog()).reblogged);
    assert(!(await one.unbookmark()).bookmarked);
    assert(!(await one.unpin()).pinned);
    assert(!(await one.unmute()).muted);
}

async function follow(api) {
    const far = (await api.v2.search.list({ q: farHandle, resolve: true })).accounts[0];
    const one = api.v1.accounts.$select(far.id);
    await one.follow({ notify: true });
    await eventually(async () => (await api.v1.accounts.relationships.fetch({ id: [far.id] }))[0].following);
    const listed = await api.v1.lists.create({ title: "Far" });
    await api.v1.lists.$select(listed.id).accounts.create({ accountIds: [far.id] });
    assert.deepEqual((await api.v1.lists.$select(listed.id).accounts.list()).map(each => each.id), [far.id]);
    console.log("FOLLOWED");
    const afar = await eventually(async () => (await api.v1.timelines.list.$select(listed.id).list()).find(each => each.content.includes("from afar")));
    await api.v1.statuses.create({ status: `@${far.acct} hello`, inReplyToId: afar.id });
    const told = await eventually(async () => (await api.v1.notifications.list({ types: ["mention"] })).find(each => each.status.content.includes("back to you")));
    assert.equal((await one.note.create({ comment: "far away" })).note, "far away");
    assert((await one.mute({ duration: 60 })).muting);
    assert(!(await one.unmute()).muting);
    assert((await one.block()).blocking);
    assert(!(await one.unblock()).blocking);
    await api.v1.lists.$select(listed.id).accounts.remove({ accountIds: [far.id] });
    await api.v1.lists.$select(listed.id).remove();
    assert.equal((await api.v1.notifications.$select(told.id).fetch()).id, told.id);
    assert((await api.v2.notifications.list()).notificationGroups.length > 0);
    await api.v2.notifications.policy.update({ forNotFollowing: "filter" });
    assert.equal((await api.v2.notifications.policy.fetch()).forNotFollowing, "filter");
    await api.v1.notifications.$select(told.id).dismiss();
    await api.v1.notifications.clear();
    assert(!(await one.unfollow()).following);
}

// One socket carries several streams; what is posted comes to each of them, changes, and goes.
async function listen(api, accessToken) {
    const streamingApiUrl = (await api.v2.instance.fetch()).configuration.urls.streaming;
    const streaming = createStreamingAPIClient({ streamingApiUrl, accessToken, implementation: WebSocket });
    const subscriptions = [streaming.user.subscribe(), streaming.public.local.subscribe(), streaming.hashtag.subscribe({ tag: "streams" })];
    const heard = subscriptions.map(() => []);
    const reading = subscriptions.map(async (subscription, number) => {
        for await (const { event, payload } of subscription) {
            heard[number].push(`${event} ${payload?.id ?? payload}`);
        }
    });
    const told = []; // until all three are open
    await eventually(async () => {
        told.push((await api.v1.statuses.create({ status: `Probe ${told.length} #streams` })).id);
        await wait(200);
        return heard.every(each => each.length > 0);
    });
    const post = await api.v1.statuses.create({ status: "In the #streams" });
    const statuses = api.v1.statuses.$select(post.id);
    const all = event => eventually(() => heard.every(each => each.includes(`${event} ${post.id}`)));
    await all("update"); // what is gone already is told no more
    await statuses.update({ status: "Still in the #streams" });
    await all("status.update");
    await statuses.remove();
    await all("delete");
    for (const id of told) await api.v1.statuses.$select(id).remove();
    subscriptions.forEach(each => each.unsubscribe());
    streaming.close();
    await Promise.race([Promise.all(reading), wait(1000)]);
}

async function arrange(api) {
    const made = await api.v2.filters.create({ title: "Walls", context: ["home"], keywordsAttributes: [{ keyword: "wall", wholeWord: false }] });
    const word = await api.v2.filters.$select(made.id).keywords.create({ keyword: "fence" });
    await api.v2.filters.keywords.$select(word.id).update({ keyword: "fences", wholeWord: true });
    assert.equal((await api.v2.filters.$select(made.id).keywords.list()).length, 2);
    await api.v2.filters.$select(made.id).update({ title: "Fences", filterAction: "hide" });
    await api.v2.filters.$select(made.id).remove();
    assert((await api.v1.tags.$select("fences").follow()).following);
    assert.deepEqual((await api.v1.followedTags.list()).map(each => each.name), ["fences"]);
    await api.v1.tags.$select("fences").unfollow();
    await api.v1.markers.create({ home: { lastReadId: (await api.v1.timelines.home.list({ limit: 1 }))[0].id } });
    assert.equal((await api.v1.markers.fetch({ timeline: ["home"] })).home.version, 1);
    const changed = await api.v1.accounts.updateCredentials({ displayName: "Mo", note: "I script.", fieldsAttributes: [{ name: "Site", value: "https://m.example" }] });
    assert.equal(changed.displayName, "Mo");
    assert.equal(changed.fields[0].name, "Site");
    await api.v1.domainBlocks.create({ domain: "nowhere.example" });
    assert.deepEqual(await api.v1.domainBlocks.list(), ["nowhere.example"]);
    await api.v1.domainBlocks.remove({ domain: "nowhere.example" });
    await api.v1.preferences.fetch();
    await api.v1.customEmojis.list();
    await api.v1.trends.tags.list();
    await api.v1.trends.statuses.list();
    await api.v2.suggestions.list();
    await api.v1.conversations.list();
    await api.v2.instance.fetch();
}

const { api, token, leave } = await signIn();
assert.equal((await api.v1.accounts.verifyCredentials()).username, name);
const post = await write(api);
await listen(api, token);
await react(api, post);
await follow(api);
await arrange(api);
await leave();
await assert.rejects(api.v1.accounts.verifyCredentials());
console.log("DONE");
