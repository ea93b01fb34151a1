// The widget's half of the conversation with the platform (docs: the widget protocol, version 1).
// Copy this file into your widget as it is; it needs nothing else.
//
//   const aula = AulaWidget.connect({ onContext(context) { ... } });
//   const week = await aula.getJson("/api/week?child=...");   // with a token, renewed once if expired
//   aula.ready();                                             // something to read is on the screen
const AulaWidget = (() => {
  "use strict";

  const PROTOCOL = 1;
  const RENEW_BEFORE_MS = 20_000;
  const PATIENCE_MS = 15_000;

  /** An answer that is not what was asked for. `code` is the server's, `status` its HTTP status. */
  class Refused extends Error {
    constructor(code, status) {
      super(code);
      this.code = code;
      this.status = status;
    }
  }

  function connect({ onContext }) {
    let port = null;
    let held = null;
    let asked = 0;
    const waiting = new Map();

    function send(message) {
      port?.postMessage(message);
    }

    function hear(message) {
      const asker = waiting.get(message.id);
      switch (message.type) {
        case "aula:context":
          onContext(message.context);
          break;
        case "aula:token":
          held = { token: message.token, ends: Date.parse(message.expires_at) };
          asker?.resolve(held.token);
          break;
        case "aula:token-refused":
          asker?.reject(new Refused("token.refused", message.status));
          break;
      }
    }

    /** A token for this widget and this reader. It is never stored, and never put in an address. */
    function token({ fresh = false } = {}) {
      if (!fresh && held && held.ends - Date.now() > RENEW_BEFORE_MS) {
        return Promise.resolve(held.token);
      }
      const id = String(++asked);
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        setTimeout(() => reject(new Refused("token.no-answer", 0)), PATIENCE_MS);
        send({ type: "aula:token-request", id });
      }).finally(() => waiting.delete(id));
    }

    async function ask(path, bearer) {
      const headers = { Authorization: `Bearer ${bearer}`, Accept: "application/json" };
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(path, { headers, signal, credentials: "omit" }).catch(() => {
        throw new Refused("network", 0);
      });
      const body = await answer.json().catch(() => null);
      if (answer.ok && body !== null) return body;
      throw new Refused(body?.code ?? "server", answer.status);
    }

    /** The JSON at `path` on this widget's own server; throws `Refused`, never gives half an answer. */
    async function getJson(path) {
      try {
        return await ask(path, await token());
      } catch (error) {
        if (error.code !== "token.expired") throw error;
        return ask(path, await token({ fresh: true }));
      }
    }

    addEventListener("message", (event) => {
      if (event.source !== parent || event.data?.type !== "aula:init") return;
      if (event.data.version !== PROTOCOL || !event.ports[0]) return;
      port?.close();
      port = event.ports[0];
      port.onmessage = (heard) => hear(heard.data ?? {});
      send({ type: "aula:hello" });
    });
    new ResizeObserver(() => {
      send({ type: "aula:resize", height: Math.ceil(document.body.getBoundingClientRect().height) });
    }).observe(document.body);

    return {
      getJson,
      token,
      ready: () => send({ type: "aula:ready" }),
      failed: () => send({ type: "aula:failed" }),
    };
  }

  return { connect, Refused };
})();
