/** What the page of a map's editor loads besides: edits without leaving the page, keys and dragging. */
import "./elements/map-editor.js";
