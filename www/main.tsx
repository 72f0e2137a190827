import { render } from "preact";
import { App } from "./app";

render(<App />, document.getElementById("app")!);

// Without it (an old browser, a page that is no https) the page works all the same while there is a network.
void navigator.serviceWorker?.register("./offline.js").catch(() => {});
