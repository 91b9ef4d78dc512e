// Makes the content of an element what the server sends, and changes nothing in it that is the same.
'use strict';

const patchContent = (() => {
  const isSame = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName
    && (one.nodeType !== Node.ELEMENT_NODE || keyOf(one) === keyOf(other));

  // Cells are named by their row, so their place says more than their name.
  const keyOf = (element) => element.dataset?.key ?? (element.id && !element.id.startsWith('cell-') ? element.id : '');

  // What the script has added is not in what the server sends.
  const isOwn = (node) => (node.nodeType === Node.ELEMENT_NODE && node.classList.contains('ago'))
    || (node.nodeType === Node.TEXT_NODE && node.data === ' ' && node.nextSibling?.classList?.contains('ago'));

  // Makes an element what another one is, and changes nothing that is the same: what is focused, selected or being read stays where it is.
  const patch = (target, source) => {
    // Whether a table is a stop of the keyboard is for tidyTables to say.
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
        // What is gone is taken out first, so that what stays does not have to move.
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

    // The age of a time that is gone goes with it.
    for (const age of [...target.children].filter((child) => isOwn(child) && !child.previousElementSibling?.matches('time'))) {
      if (age.previousSibling && isOwn(age.previousSibling)) {
        age.previousSibling.remove();
      }

      age.remove();
    }
  };

  // Makes the content of an element what the HTML says.
  return (target, html) => {
    const template = document.createElement('template');
    template.innerHTML = html;
    patchChildren(target, template.content);
  };
})();
