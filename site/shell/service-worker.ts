// The service worker, as text: it keeps all files of one build, and answers from them.

/** @param version - changes when any file does. */
export function serviceWorker(version: string, files: readonly string[]): string {
  return `const cacheName = "lowrank-" + ${JSON.stringify(version)};
const files = ${JSON.stringify(files)};
self.addEventListener("install", (event) => {
  // "reload": the build that this worker belongs to, not what the browser kept of an older one.
  const requests = files.map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(requests)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("lowrank-") && name !== cacheName;
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  const answer = caches.open(cacheName)
    .then((cache) => cache.match(request, { ignoreSearch: true }))
    .then((kept) => kept ?? fetch(request));
  event.respondWith(answer);
});
`;
}
