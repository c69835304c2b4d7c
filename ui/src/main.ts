/** What every page loads: partial updates, the chart element, the drawer, the palette and the keys. */
import "htmx.org/dist/htmx.esm.min.js";
import "./elements/chart.js";
import "./elements/drawer.js";
import "./elements/drop.js";
import "./elements/palette.js";
import "./elements/passkey.js";
import "./elements/shoes.js";
import { letCardsMove } from "./parts/arrange.js";
import { listenForCopies } from "./parts/copy.js";
import { listenForKeys } from "./parts/keys.js";
import { linkTwins } from "./parts/twins.js";
import { offerOwnZone } from "./parts/zone.js";

letCardsMove();
listenForCopies();
listenForKeys();
linkTwins();
offerOwnZone();
