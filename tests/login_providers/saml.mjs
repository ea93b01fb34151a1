// A SAML 2.0 identity provider (npm: samlp) on loopback, for the tests of plugins/saml.
//
// It says its address on standard output and ends with its standard input. Who "signs in", and how
// the answer is made, is said by the test in further parts of the address.
import http from "node:http";
import samlp from "samlp";

const settings = JSON.parse(process.argv[2]);
const server = http.createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));

function answer(request, response) {
  const query = Object.fromEntries(new URL(request.url, "http://127.0.0.1").searchParams);
  Object.assign(request, {
    query,
    body: {},
    originalUrl: request.url,
    user: { id: query.subject, attributes: JSON.parse(query.attributes || "{}") },
  });
  response.send = (content) => response.end(content);
  response.status = (code) => Object.assign(response, { statusCode: code });
  response.set ??= response.setHeader;
  const profileMapper = (user) => ({
    getClaims: () => user.attributes,
    getNameIdentifier: () => ({ nameIdentifier: user.id, nameIdentifierFormat: settings.format }),
  });
  profileMapper.prototype = {};
  samlp.auth({
    issuer: settings.issuer,
    cert: settings.certificate,
    key: settings.key,
    getPostURL: (_audience, _dom, _request, done) => done(null, settings.acs),
    profileMapper,
    sessionIndex: query.session || "s1",
    authnContextClassRef: query.context || "urn:one",
    signResponse: query.sign === "both",
    lifetimeInSeconds: Number(query.lifetime || 300),
    recipient: settings.acs,
    destination: settings.acs,
    // What we ask is signed, and this is whom it must be signed by.
    signingCert: settings.askedBy,
    ...(query.plain ? {} : {
      encryptionCert: settings.encryptionCertificate,
      encryptionPublicKey: settings.encryptionKey,
    }),
  })(request, response, (error) => {
    console.error(error);
    response.writeHead(500).end(String(error));
  });
}
server.on("request", answer);
console.log(`http://127.0.0.1:${server.address().port}`);
process.stdin.on("end", () => process.exit(0)).resume();
