// Verifies credentials with Digital Bazaar's libraries. stdin: {contexts: {url: document}, credentials: [...]}; stdout: [{verified, error}, ...].
// Nothing is fetched: contexts are those that are handed in, keys are did:keys.
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import jsigs from "jsonld-signatures";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { contexts, credentials, now } = JSON.parse(Buffer.concat(chunks).toString());

const didDocument = (did) => {
  const key = did.slice("did:key:".length);
  const id = `${did}#${key}`;
  const method = { id, type: "Multikey", controller: did, publicKeyMultibase: key };
  return {
    method: { "@context": "https://w3id.org/security/multikey/v1", ...method },
    document: {
      "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
      id: did,
      verificationMethod: [method],
      assertionMethod: [id],
    },
  };
};

const documentLoader = jsigs.extendContextLoader(async (url) => {
  if (url in contexts) return { contextUrl: null, documentUrl: url, document: contexts[url] };
  if (url.startsWith("did:key:")) {
    const [did, fragment] = url.split("#");
    const { document, method } = didDocument(did);
    return { contextUrl: null, documentUrl: url, document: fragment ? method : document };
  }
  throw new Error(`not known: ${url}`);
});

const answers = [];
for (const credential of credentials) {
  const suite = new DataIntegrityProof({ cryptosuite });
  const checkStatus = async () => ({ verified: true }); // the list itself is one of the credentials
  const outcome = await vc.verifyCredential({ credential, suite, documentLoader, checkStatus, now: new Date(now) });
  answers.push({ verified: outcome.verified, error: outcome.error ? JSON.stringify(outcome.error.errors ?? String(outcome.error)).slice(0, 2000) : "" });
}
process.stdout.write(JSON.stringify(answers));
