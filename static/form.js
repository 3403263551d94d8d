// Nothing here is needed to send the form. It keeps what was chosen on this phone until the server has said thanks, and
// it sends the form itself, so that the page stays when there is no network. At most 2,048 B without these comments;
// nothing newer than Chromium 80. What stands between [as opened] is only on a page as it was opened: nothing is ever
// written over what the server sent back, which may be long.
(() => {
const f = document.forms[0], to = f.getAttribute('action'), place = to.split('?')[0], send = f.querySelector('[type=submit]');
const words = send.textContent;
// the serial of a paper form: what was begun with another paper is somebody else's
const paper = (f.serial || {}).value;
let busy, box;

const say = (text, look, role, where) => {
  const p = document.createElement('div');
  p.className = look;
  p.setAttribute('role', role);
  p.textContent = text;
  where.before(p);
  return p;
};

// When, with which paper, and the fields.
const keep = () => {
  try { localStorage[place] = JSON.stringify([Date.now(), paper, [...new FormData(f)]]) } catch (e) {}
};

// [as opened
const key = f.key, ownKey = key.value;
try {
  for (const name of Object.keys(localStorage))
    if (name.startsWith('/v/') && Date.now() - JSON.parse(localStorage[name])[0] > 864e5) delete localStorage[name];
  const kept = JSON.parse(localStorage[place] || '[]');
  if (kept[2] && kept[1] == paper) {
    for (const [name, value] of kept[2])
      for (const el of f.querySelectorAll(`[name=${name}]`))
        if (/ra|ch/.test(el.type)) el.checked = el.value === value;
        // the key too: what did arrive then counts once
        else if (el.type !== 'hidden' || el === key) el.value = value;
    const note = say('上次没有交完，填的都还在。', 'note', 'status', f);
    const clear = document.createElement('button');
    clear.textContent = '重新填';
    clear.onclick = () => {
      delete localStorage[place];
      f.reset();
      key.value = ownKey;
      note.remove();
    };
    note.append(clear);
  }
} catch (e) {}
// as opened]

const rest = () => { busy = 0; send.textContent = words };
onpageshow = rest;
f.oninput = keep;
// whatever breaks in here, the browser then sends the form as if there were no script
f.onsubmit = () => {
  if (busy) return false;
  keep();
  if (box) box.remove();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 3e4);
  fetch(to, {
    method: 'POST', body: new URLSearchParams(new FormData(f)), headers: {Accept: 'text/plain'}, signal: stop.signal
  }).then(r => {
    // anything but “it arrived” is a page to read
    if (r.status === 201) location.replace(r.headers.get('Location'));
    else f.submit();
  }).catch(() => {
    rest();
    box = say('没有发出去，您填的都还在。等有信号了再点一次提交。', 'sum', 'alert', send);
  });
  busy = 1;
  send.textContent = '正在提交…';
  return false;
};
})();
