// Keeps an open page up to date. Without this script the page shows the same, as of the time at its top.
'use strict';

(() => {
  const connection = document.getElementById('connection');
  let stream = null;
  let latest = null;
  let paused = false;
  let loading = false;

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

  const say = (text, lost) => {
    status.textContent = text;
    connection.classList.toggle('lost', lost);
  };

  // Neither the focus nor a selection is lost to an update.
  const isSelecting = (element) => {
    const selection = getSelection();
    return !selection.isCollapsed && element.contains(selection.anchorNode);
  };

  const replace = (element, html) => {
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const address = focused && focused.getAttribute('href');
    const region = focused && focused.getAttribute('aria-label');
    const offsets = [...element.querySelectorAll('.scroll')].map((scroll) => scroll.scrollLeft);
    element.innerHTML = html;
    element.querySelectorAll('.scroll').forEach((scroll, index) => { scroll.scrollLeft = offsets[index] ?? 0; });
    if (focused) {
      const again = [...element.querySelectorAll('a, [tabindex]')]
        .find((other) => (address ? other.getAttribute('href') === address : other.getAttribute('aria-label') === region));
      again?.focus({ preventScroll: true });
    }
  };

  const reload = async () => {
    if (loading) {
      return;
    }

    loading = true;
    try {
      const response = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
      if (!response.ok) {
        say(`The page could not be loaded again: ${response.status}.`, true);
        return;
      }

      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      document.getElementById('main').replaceChildren(...page.getElementById('main').childNodes);
      document.body.dataset.structure = page.body.dataset.structure ?? '';
      tellAges();
    } catch {
      say('The page could not be loaded again; the server does not answer.', true);
    } finally {
      loading = false;
    }
  };

  const apply = (update) => {
    if (update.structure !== document.body.dataset.structure) {
      reload();
      return;
    }

    const kept = {};
    for (const [id, html] of Object.entries(update.parts)) {
      const element = document.getElementById(id);
      if (!element) {
        continue;
      }

      if (isSelecting(element)) {
        kept[id] = html;
      } else {
        replace(element, html);
      }
    }

    waiting = kept;
    tellAges();
  };

  let waiting = {};

  const connect = () => {
    stream = new EventSource(document.body.dataset.updates);
    stream.onmessage = (message) => {
      const update = JSON.parse(message.data);
      latest = update.time;
      update.parts = { ...waiting, ...update.parts };
      apply(update);
      say(`Live, as of ${latest.slice(11, 19)} UTC.`, false);
    };
    stream.onerror = () => {
      const since = latest ? ` Numbers are as of ${latest.slice(0, 10)} ${latest.slice(11, 19)} UTC.` : '';
      say(stream.readyState === EventSource.CLOSED
        ? `Updates are not available.${since} Reload the page for newer numbers.`
        : `Disconnected.${since} Connecting again.`, true);
    };
  };

  const status = document.createElement('span');
  tellAges();
  setInterval(() => { if (!paused) { tellAges(); } }, 1000);
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
      stream.close();
      say(`Paused${latest ? `, as of ${latest.slice(11, 19)} UTC` : ''}.`, false);
    } else {
      say('Connecting.', false);
      connect();
    }
  });
  connection.replaceChildren(status, pause);
  say('Connecting.', false);
  connect();
})();
