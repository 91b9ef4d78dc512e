// Keeps an open page up to date. Without this script, the page shows the same content, as of the time at its top.
'use strict';

(() => {
  const connection = document.getElementById('connection');
  const interval = Number(document.body.dataset.interval) * 1000 || 1000;
  const shortestWait = 5_000;
  const longestWait = 60_000;
  const reconnected = 'Reconnected.';

  let stream = null;
  let latest = document.body.dataset.time ?? null;  // the time of the numbers on the page
  let clockOffset = 0;      // how far the client's clock is ahead of the server's
  let heard = 0;            // when the stream last received anything
  let failures = 0;
  let retry = null;
  let paused = false;
  let lost = null;          // the kind of connection loss that was last announced; null while connected
  let held = {};            // parts that are held back while text in them is selected
  const shown = new Map();  // the latest HTML of each part

  const ago = (time) => {
    const seconds = Math.round((Date.now() - clockOffset - time) / 1000);
    const [count, unit] = Math.abs(seconds) < 60 ? [seconds, 'second']
      : Math.abs(seconds) < 3600 ? [Math.trunc(seconds / 60), 'minute']
      : Math.abs(seconds) < 86400 ? [Math.trunc(seconds / 3600), 'hour'] : [Math.trunc(seconds / 86400), 'day'];
    return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(-count, unit);
  };

  const showAges = () => {
    for (const time of document.querySelectorAll('main time')) {
      let text = time.nextElementSibling;
      if (!text || !text.classList.contains('ago')) {
        text = document.createElement('span');
        text.className = 'ago';
        time.after(' ', text);
      }

      const age = `(${ago(Date.parse(time.dateTime))})`;
      if (text.textContent !== age) {
        text.textContent = age;
      }
    }
  };

  // A table is a tab stop only if it is too wide, and its name is announced only once, by its caption.
  const tidyTables = () => {
    for (const scroll of document.querySelectorAll('.scroll')) {
      const isWide = scroll.scrollWidth > scroll.clientWidth;
      const label = scroll.querySelector('caption')?.textContent ?? '';
      for (const [name, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', label]]) {
        if (!isWide && scroll !== document.activeElement) {
          scroll.removeAttribute(name);
        } else if (scroll.getAttribute(name) !== value) {
          scroll.setAttribute(name, value);
        }
      }
    }
  };

  const tidy = () => {
    showAges();
    tidyTables();
  };

  const status = document.createElement('span');
  const spoken = document.createElement('span');
  spoken.className = 'spoken';
  spoken.setAttribute('role', 'status');

  // Text that changes every second is not read aloud. A new kind of connection loss and a reconnection are.
  const setStatus = (text, kind) => {
    status.textContent = text;
    if (kind && kind !== lost) {
      spoken.textContent = text;
    }

    lost = kind;
    connection.classList.toggle('lost', kind !== null);
  };

  const dated = () => (latest ? `${latest.slice(0, 10)} ${latest.slice(11, 19)} UTC` : '');
  const asOf = () => (latest ? ` Numbers are as of ${dated()}.` : '');

  const setTime = (time) => {
    latest = time;
    const shownTime = document.querySelector('.as-of time');
    if (shownTime) {
      shownTime.dateTime = time;
      shownTime.textContent = dated();
    }
  };

  const isSelecting = (element) => {
    const selection = getSelection();
    return !selection.isCollapsed && selection.containsNode(element, true);
  };

  // If the focused element was removed, focus moves to the heading of its section, not to the top of the page.
  const keepFocus = (change) => {
    const focused = document.activeElement;
    const heading = focused?.closest?.('section')?.querySelector('h2');
    change();
    if (!focused || focused === document.body || focused === document.activeElement) {
      return;
    }

    const target = focused.isConnected ? focused : heading?.isConnected ? heading : document.getElementById('main');
    if (target === heading) {
      target.setAttribute('tabindex', '-1');
    }

    target?.focus({ preventScroll: true });
  };

  const setPart = (id, html) => {
    const element = document.getElementById(id);
    if (!element || shown.get(id) === html) {
      return true;
    }

    if (isSelecting(element)) {
      return false;
    }

    keepFocus(() => patchContent(element, html));
    shown.set(id, html);
    return true;
  };

  // The structure has changed: replace all content except the reader's own input, such as the filter.
  const setContent = (html, structure) => {
    const content = document.getElementById('content');
    if (!content) {
      // The page had nothing to show, and now it has.
      location.reload();
      return;
    }

    // Content that was held back for one row must not be written into another.
    held = {};
    shown.clear();
    keepFocus(() => patchContent(content, html));
    document.body.dataset.structure = structure;
  };

  const disconnect = () => {
    clearTimeout(retry);
    stream?.close();
    stream = null;
    held = {};
  };

  const connectLater = (text, kind, wait) => {
    disconnect();
    if (paused || document.hidden) {
      return;
    }

    setStatus(text, kind);
    retry = setTimeout(connect, (wait ?? Math.min(longestWait, shortestWait * 2 ** failures)) * (1 + (Math.random() / 2)));
    failures++;
  };

  const disconnected = () => connectLater(`Disconnected.${asOf()} Reconnecting.`, 'disconnected');

  // An event source does not report why it was refused, so request the same address again.
  const refused = async () => {
    disconnect();
    const asking = new AbortController();
    const limit = setTimeout(() => asking.abort(), shortestWait);
    let isSignedOut = false;
    try {
      const response = await fetch(document.body.dataset.updates, { cache: 'no-store', redirect: 'manual', signal: asking.signal });
      isSignedOut = response.status === 401 || response.status === 403 || response.type === 'opaqueredirect';
    } catch {
      // The server does not respond.
    }

    clearTimeout(limit);
    asking.abort();
    if (stream || paused || document.hidden) {
      return;
    }

    if (isSignedOut) {
      connectLater(`You are signed out or no longer have access to this page.${asOf()} Reload it to sign in.`, 'refused', longestWait);
    } else {
      disconnected();
    }
  };

  const apply = (update) => {
    if (update.full) {
      connectLater(`Too many pages are open, so this one is not updated.${asOf()} Retrying.`, 'full', longestWait);
      return;
    }

    if (update.missing) {
      failures = 0;
      setStatus(`The server has not received any event of this experiment since it started.${asOf()} Checking again.`, 'missing');
      return;
    }

    clockOffset = Math.abs(Date.now() - Date.parse(update.time)) > 30_000 ? Date.now() - Date.parse(update.time) : 0;
    if (update.content !== undefined) {
      setContent(update.content, update.structure);
    } else if (update.structure !== document.body.dataset.structure) {
      // The server assumes a different page: reconnect with the structure of this one.
      connect();
      return;
    }

    const parts = { ...held, ...update.parts };
    held = {};
    for (const [id, html] of Object.entries(parts)) {
      if (!setPart(id, html)) {
        held[id] = html;
      }
    }

    setTime(update.time);
    failures = 0;
    tidy();
    setStatus(`Live, as of ${dated()}.${Object.keys(held).length > 0 ? ' Parts with selected text are not updated.' : ''}`, null);
    if (spoken.textContent) {
      spoken.textContent = spoken.textContent === reconnected ? '' : reconnected;
    }
  };

  function connect() {
    disconnect();
    if (paused || document.hidden) {
      return;
    }

    heard = Date.now();
    const { updates, structure } = document.body.dataset;
    const opened = stream = new EventSource(`${updates}${updates.includes('?') ? '&' : '?'}structure=${structure}`);
    opened.onmessage = (message) => {
      heard = Date.now();
      if (opened === stream) {
        apply(JSON.parse(message.data));
      }
    };
    opened.onerror = () => {
      // The browser reconnects automatically after a connection ended, but not after a refused response.
      if (opened === stream && opened.readyState === EventSource.CLOSED) {
        refused();
      }
    };
  }

  // Shows that the numbers are not live until the first update arrives.
  const begin = () => {
    if (!lost) {
      setStatus(`Connecting.${asOf()}`, null);
    }

    connect();
  };

  tidy();
  addEventListener('resize', tidyTables);
  let ticked = Date.now();
  setInterval(() => {
    const slept = Date.now() - ticked > longestWait;
    ticked = Date.now();
    if (paused) {
      return;
    }

    showAges();
    if (slept && stream) {
      // The computer was asleep, so the silence is not a connection loss.
      begin();
    } else if (stream && Date.now() - heard > (3 * interval) + shortestWait) {
      disconnected();
    }
  }, 1000);
  if (!document.body.dataset.updates || !connection) {
    return;
  }

  const pause = document.createElement('button');
  pause.type = 'button';
  pause.textContent = 'Pause updates';
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Resume updates' : 'Pause updates';
    if (paused) {
      disconnect();
      setStatus(`Paused${latest ? `, as of ${dated()}` : ''}.`, null);
    } else {
      failures = 0;
      begin();
    }
  });

  // A browser has few connections to a server, and a hidden page does not need one.
  const wake = () => {
    if (document.hidden) {
      disconnect();
    } else if (!paused) {
      failures = 0;
      begin();
    }
  };

  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
  document.body.classList.add('scripted');
  connection.replaceChildren(status, pause, spoken);
  begin();
})();
