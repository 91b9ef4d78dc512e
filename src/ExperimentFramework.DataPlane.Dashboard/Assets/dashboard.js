// Keeps an open page up to date. Without this script the page shows the same, as of the time at its top.
'use strict';

(() => {
  const connection = document.getElementById('connection');
  const interval = Number(document.body.dataset.interval) * 1000 || 1000;
  const shortestWait = 5_000;
  const longestWait = 60_000;
  const backAgain = 'Connected again.';

  let stream = null;
  let latest = null;      // the time of the numbers on the page
  let heard = 0;          // when the stream last said something
  let failures = 0;
  let retry = null;
  let paused = false;
  let gone = false;
  let held = {};          // parts that wait until nothing in them is selected

  const ago = (time) => {
    const seconds = Math.round((Date.now() - time) / 1000);
    const [count, unit] = Math.abs(seconds) < 60 ? [seconds, 'second']
      : Math.abs(seconds) < 3600 ? [Math.trunc(seconds / 60), 'minute']
      : Math.abs(seconds) < 86400 ? [Math.trunc(seconds / 3600), 'hour'] : [Math.trunc(seconds / 86400), 'day'];
    return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(-count, unit);
  };

  const tellAges = () => {
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

  // A table that is not too wide is no place to stop at, and its name is said once, by its caption.
  const tidyTables = () => {
    for (const scroll of document.querySelectorAll('.scroll')) {
      const isWide = scroll.scrollWidth > scroll.clientWidth;
      scroll.dataset.label ??= scroll.getAttribute('aria-label');
      for (const [name, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', scroll.dataset.label]]) {
        if (isWide || scroll === document.activeElement) {
          scroll.setAttribute(name, value);
        } else {
          scroll.removeAttribute(name);
        }
      }
    }
  };

  const tidy = () => {
    tellAges();
    tidyTables();
  };

  const status = document.createElement('span');
  const spoken = document.createElement('span');
  spoken.className = 'spoken';
  spoken.setAttribute('role', 'status');

  // What is said each second is not read aloud; that the connection is lost, and found again, is.
  const say = (text, lost) => {
    status.textContent = text;
    if (lost && !connection.classList.contains('lost')) {
      spoken.textContent = text;
    }

    connection.classList.toggle('lost', lost);
  };

  const asOf = () => (latest ? ` Numbers are as of ${latest.slice(0, 10)} ${latest.slice(11, 19)} UTC.` : '');

  const isSelecting = (element) => {
    const selection = getSelection();
    return !selection.isCollapsed && element.contains(selection.anchorNode);
  };

  // Replaces what is in an element. Neither the focus nor the place in a wide table is lost.
  const replace = (element, fill) => {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const address = focused && focused.getAttribute('href');
    const label = focused && focused.getAttribute('aria-label');
    const offsets = new Map([...element.querySelectorAll('.scroll')].map((scroll) => [scroll.dataset.label, scroll.scrollLeft]));
    fill();
    for (const scroll of element.querySelectorAll('.scroll')) {
      scroll.scrollLeft = offsets.get(scroll.getAttribute('aria-label')) ?? 0;
    }

    if (focused) {
      [...element.querySelectorAll('a, [tabindex]')]
        .find((other) => (address ? other.getAttribute('href') === address : other.getAttribute('aria-label') === label))
        ?.focus({ preventScroll: true });
    }
  };

  const setPart = (id, html) => {
    const element = document.getElementById(id);
    if (!element) {
      return true;
    }

    if (isSelecting(element)) {
      return false;
    }

    replace(element, () => { element.innerHTML = html; });
    return true;
  };

  // Loads the page again, and takes of it what is not of the reader: the filter stays as it is. Returns whether it worked.
  const reload = async () => {
    let response;
    try {
      response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    } catch {
      return false;
    }

    if (response.status === 404) {
      gone = true;
      say(`What this page shows is not there any more.${asOf()}`, true);
      return false;
    }

    if (!response.ok || response.redirected) {
      return false;
    }

    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const [content, fresh] = [document.getElementById('content'), page.getElementById('content')];
    if (!content || !fresh) {
      return false;
    }

    replace(content, () => content.replaceChildren(...fresh.childNodes));
    setPart('announce', page.getElementById('announce')?.innerHTML ?? '');
    document.body.dataset.structure = page.body.dataset.structure ?? '';
    tidy();
    return true;
  };

  const disconnect = () => {
    clearTimeout(retry);
    stream?.close();
    stream = null;
    held = {};
  };

  const connectLater = () => {
    disconnect();
    if (gone || paused || document.hidden) {
      return;
    }

    say(`Disconnected.${asOf()} Connecting again.`, true);
    const wait = Math.min(longestWait, shortestWait * 2 ** failures) * (1 + (Math.random() / 2));
    failures++;
    retry = setTimeout(connect, wait);
  };

  const apply = async (update) => {
    if (update.structure !== document.body.dataset.structure) {
      // Updates that come while the page is loaded again would be lost, so the stream starts anew, with all parts.
      disconnect();
      if (await reload()) {
        connect();
      } else {
        connectLater();
      }

      return;
    }

    const parts = { ...held, ...update.parts };
    held = {};
    for (const [id, html] of Object.entries(parts)) {
      if (!setPart(id, html)) {
        held[id] = html;
      }
    }

    latest = update.time;
    failures = 0;
    tidy();
    say(`Live, as of ${latest.slice(11, 19)} UTC.`, false);
    if (spoken.textContent) {
      spoken.textContent = spoken.textContent === backAgain ? '' : backAgain;
    }
  };

  function connect() {
    disconnect();
    if (gone || paused || document.hidden) {
      return;
    }

    heard = Date.now();
    const opened = stream = new EventSource(document.body.dataset.updates);
    opened.onmessage = (message) => {
      heard = Date.now();
      if (opened === stream) {
        apply(JSON.parse(message.data));
      }
    };
    opened.onerror = () => {
      // The browser connects again by itself after a connection that ended, but not after an answer that is none.
      if (opened === stream && opened.readyState === EventSource.CLOSED) {
        connectLater();
      }
    };
  }

  tidy();
  addEventListener('resize', tidyTables);
  setInterval(() => {
    if (paused) {
      return;
    }

    tellAges();
    if (stream && Date.now() - heard > (3 * interval) + shortestWait) {
      connectLater();
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
      say(`Paused${latest ? `, as of ${latest.slice(11, 19)} UTC` : ''}.`, false);
    } else {
      say('Connecting.', false);
      connect();
    }
  });

  // A browser has few connections to a server, and a page that nobody sees needs none.
  document.addEventListener('visibilitychange', connect);
  connection.replaceChildren(status, pause, spoken);
  say('Connecting.', false);
  connect();
})();
