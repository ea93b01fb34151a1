// A certified OpenID provider (npm: oidc-provider) on loopback, for the tests of signing in.
//
// It says its issuer on standard output and ends with its standard input. Who "logs in", and how, is
// said by the test in the address of the interaction: ?uniid=…&acr=…&cancel=….
import http from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { clientId, clientSecret, redirectUri, signOutUri, backChannelUri } = JSON.parse(process.argv[2]);

function makeKey(kid) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid, use: "sig", alg: "ES256" };
}

const server = http.createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [signOutUri],
      backchannel_logout_uri: backChannelUri,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [makeKey("first")] },
  cookies: { keys: ["a key of the test"] },
  // Its own guard refuses loopback, where all of a test happens.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  acrValues: ["urn:one", "urn:two"],
  claims: { openid: ["sub", "uniid"], acr: null, auth_time: null, amr: null, sid: null },
  features: {
    devInteractions: { enabled: false },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      // The page's button, pressed at once.
      logoutSource: (ctx, form) => {
        ctx.body = `<body>${form}</body>`;
      },
    },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, uniid: id.replace("pseudonym-of-", "") }),
  }),
  ttl: { Session: 3600, Grant: 3600, Interaction: 600, AccessToken: 600, IdToken: 300 },
});
provider.on("server_error", (_ctx, error) => console.error(error));
provider.on("backchannel.error", (_ctx, error) => console.error(error));

async function interact(request, response) {
  const query = new URL(request.url, issuer).searchParams;
  if (query.get("cancel")) {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const accountId = query.has("uniid") ? `pseudonym-of-${query.get("uniid")}` : session.accountId;
  const grant =
    (grantId && (await provider.Grant.find(grantId))) ||
    new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope("openid");
  const result = { consent: { grantId: await grant.save() } };
  if (prompt.name === "login") {
    result.login = { accountId, acr: query.get("acr"), amr: query.get("amr")?.split(" "), ts: undefined };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const callback = provider.callback();
server.on("request", (request, response) => {
  if (request.url.startsWith("/interaction/")) {
    interact(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  } else {
    callback(request, response);
  }
});
console.log(issuer);
process.stdin.on("end", () => process.exit(0)).resume();
