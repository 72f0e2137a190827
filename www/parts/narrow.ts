/** A screen where what else stands side by side stands one below the other; style.css has the same width. */
export const narrow = matchMedia("(max-width: 760px)");
