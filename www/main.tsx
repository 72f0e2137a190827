import { render } from "preact";
import { App } from "./app";
import { keepOffline } from "./host";

render(<App />, document.getElementById("app")!);
keepOffline();
