// The program of every page: keeps the site for when there is no network.
if ("serviceWorker" in navigator && location.protocol.startsWith("http")) {
  addEventListener("load", () => {
    // Private windows and some settings refuse it: the site then needs the network, no more.
    navigator.serviceWorker
      .register(new URL(/* @vite-ignore */ "../sw.js", import.meta.url))
      .catch(() => {});
  });
}
