// The service worker: keeps the page's own files, so that it opens without a network after the first visit. Nothing else is kept:
// chats and orders never go through it. With a network the page itself is always the newest one.
const { version, files } = self.__page;
const name = `huashu-${version}`;

self.addEventListener("install", (event) => event.waitUntil(caches.open(name).then((cache) => cache.addAll(files))));

self.addEventListener("activate", (event) =>
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((other) => other.startsWith("huashu-") && other !== name).map((other) => caches.delete(other))))
      .then(() => self.clients.claim()),
  ),
);

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || new URL(event.request.url).origin !== self.location.origin) return;
  const kept = () => caches.open(name).then((cache) => cache.match(event.request.mode === "navigate" ? "./" : event.request));
  const answer = event.request.mode === "navigate" ? fetch(event.request).catch(kept) : kept().then((found) => found ?? fetch(event.request));
  event.respondWith(answer);
});
