import { render } from "preact";
import { App, tabs } from "./app";
import { keepHistory } from "./history";
import { keepOffline } from "./host";

keepHistory(tabs);
render(<App />, document.getElementById("app")!);
keepOffline();
