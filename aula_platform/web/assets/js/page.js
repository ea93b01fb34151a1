// What the server wrote into the page's head, and requests made in its name.

/** The header that proves that a request comes from our own page, as a [name, value] pair. */
export function csrfHeader() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return [meta?.dataset.header ?? "x-csrftoken", meta?.content ?? ""];
}

/** POST to our own site; resolves with the response whatever its status, rejects without network. */
export function post(url, body, headers = {}) {
  const [name, value] = csrfHeader();
  return fetch(url, {
    method: "POST",
    body,
    credentials: "same-origin",
    headers: { [name]: value, ...headers },
  });
}

export const language = document.documentElement.lang || "da";

/** Choose between the Danish and the English text of something only scripts say. */
export function say(danish, english) {
  return language.startsWith("da") ? danish : english;
}
