// Makes and patches page elements. Text is always text: nothing the server says can become markup.

/** A new element. `on` takes listeners, `testid` the name tests know it by, everything else is an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [kind, listener] of Object.entries(value)) node.addEventListener(kind, listener);
    else put(node, name === "testid" ? "data-testid" : name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** A real button that keeps the focus while it is busy. */
export function button(attributes, ...children) {
  return el("button", { type: "button", ...attributes }, ...children);
}

/** Set an attribute only when it changes; false, null and undefined remove it, true leaves it empty. */
export function put(node, name, value) {
  if (value === false || value === null || value === undefined) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Set a text only when it changes, so that screen readers and selections are left alone. */
export function say(node, text) {
  const wanted = text ?? "";
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** The element tests and the guide know by this name, or null. */
export function named(testid) {
  return document.querySelector(`[data-testid="${CSS.escape(testid)}"]`);
}

/** Show for a moment that a key went down. */
export function flash(node) {
  if (!node) return;
  put(node, "data-pressed", true);
  setTimeout(() => put(node, "data-pressed", false), 350);
}
