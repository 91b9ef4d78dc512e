// Updates the content of an element to the HTML from the server, without touching unchanged nodes.
'use strict';

const patchContent = (() => {
  const isSame = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName
    && (one.nodeType !== Node.ELEMENT_NODE || keyOf(one) === keyOf(other));

  // The ids of cells depend on their row, so the position identifies a cell better than its id.
  const keyOf = (element) => element.dataset?.key ?? (element.id && !element.id.startsWith('cell-') ? element.id : '');

  // Nodes that were added by the script are not in the HTML from the server.
  const isOwn = (node) => (node.nodeType === Node.ELEMENT_NODE && node.classList.contains('ago'))
    || (node.nodeType === Node.TEXT_NODE && node.data === ' ' && node.nextSibling?.classList?.contains('ago'));

  // Makes one element equal to another without touching unchanged nodes, so that focus, selection and reading position are kept.
  const patch = (target, source) => {
    // tidyTables decides whether a table is a tab stop.
    const isKept = (name) => target.classList.contains('scroll') && name !== 'class';
    for (const { name, value } of [...source.attributes]) {
      if (target.getAttribute(name) !== value && !isKept(name)) {
        target.setAttribute(name, value);
      }
    }

    for (const { name } of [...target.attributes]) {
      if (!source.hasAttribute(name) && !isKept(name)) {
        target.removeAttribute(name);
      }
    }

    patchChildren(target, source);
  };

  const patchChildren = (target, source) => {
    const keyed = new Map([...target.children].filter(keyOf).map((child) => [keyOf(child), child]));
    let next = target.firstChild;
    const skipOwn = () => {
      while (next && isOwn(next)) {
        next = next.nextSibling;
      }
    };
    for (const wanted of [...source.childNodes]) {
      skipOwn();
      const key = wanted.nodeType === Node.ELEMENT_NODE ? keyOf(wanted) : '';
      let present = key ? keyed.get(key) ?? null : next;
      if (present && key && present !== next && present.nodeName === wanted.nodeName) {
        // Remove missing nodes first, so that the remaining ones do not have to move.
        const wants = new Set([...source.children].map(keyOf));
        while (next && next !== present && next.nodeType === Node.ELEMENT_NODE && keyOf(next) && !wants.has(keyOf(next))) {
          const gone = next;
          next = next.nextSibling;
          gone.remove();
        }

        if (next !== present) {
          target.insertBefore(present, next);
        }
      }

      if (!present || !isSame(present, wanted)) {
        target.insertBefore(document.importNode(wanted, true), next);
        if (present && present === next && !(key || (present.nodeType === Node.ELEMENT_NODE && keyOf(present)))) {
          next = present.nextSibling;
          present.remove();
        }

        continue;
      }

      if (present.nodeType === Node.ELEMENT_NODE) {
        patch(present, wanted);
      } else if (present.data !== wanted.data) {
        present.data = wanted.data;
      }

      next = present.nextSibling;
    }

    while (next) {
      const rest = next;
      next = next.nextSibling;
      if (!isOwn(rest)) {
        rest.remove();
      }
    }

    // Remove the age of a time that was removed.
    for (const age of [...target.children].filter((child) => isOwn(child) && !child.previousElementSibling?.matches('time'))) {
      if (age.previousSibling && isOwn(age.previousSibling)) {
        age.previousSibling.remove();
      }

      age.remove();
    }
  };

  // Sets the content of an element to the given HTML.
  return (target, html) => {
    const template = document.createElement('template');
    template.innerHTML = html;
    patchChildren(target, template.content);
  };
})();
