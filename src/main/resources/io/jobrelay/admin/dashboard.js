'use strict';

// Everything shown is text that came from the jobs API and is set as text, never as HTML. URLs are relative, so that the page works under
// any prefix. The admin key, where there is one, is sent as a header and kept in this tab's sessionStorage only.

const EVERY = 3000;
const KEY = 'relay-admin-key';
const at = id => document.getElementById(id);
const views = ['key', 'overview', 'list', 'job'];
const tones = { Success: 'good', Delivered: 'good', Fail: 'bad', Dead: 'bad', Expired: 'bad', Cancelled: 'warn', Pending: 'busy', Queued: 'busy', InProgress: 'busy' };

let skew = 0;         // the relay's clock minus this one's
let timer = 0;
let turn = 0;         // what was asked for before the last change of view is not shown any more
let moved = false;    // whether somebody went to another view, which then gets the focus
let paused = false;
let seen = new Map(); // status of each job at the last look, to tell what changed
let outcomeOf = '';
let saidAt = 0;

class Refused extends Error {
  constructor(status, detail) { super(detail); this.status = status; }
}

async function ask(path, method = 'GET') {
  const headers = { Accept: 'application/json' };
  const key = sessionStorage.getItem(KEY);
  if (key) headers.Authorization = 'Bearer ' + key;
  const answer = await fetch(path, { method, headers, cache: 'no-store', credentials: 'omit' });
  const body = (answer.headers.get('Content-Type') || '').includes('json') ? await answer.json() : {};
  if (!answer.ok) throw new Refused(answer.status, body.detail || 'The relay answered ' + answer.status + '.');
  return body;
}

// ---- the page

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function show(...shown) {
  for (const view of views) at(view + '-view').hidden = !shown.includes(view);
}

/** What was said a moment ago stays, so that the answer to a button is not lost among what happens by itself. */
function say(text) {
  const fresh = Date.now() - saidAt < 5000;
  saidAt = Date.now();
  write(at('said'), fresh ? (at('said').textContent + ' ' + text).slice(-300) : text);
}

function trouble(text) {
  at('trouble').hidden = !text;
  write(at('trouble'), text || '');
}

/** Makes the children of a node those of a list, and keeps what is there already, with its focus. */
function keyed(parent, items, keyOf, make, update) {
  const wanted = new Set(items.map(item => String(keyOf(item))));
  for (const child of [...parent.children]) if (!wanted.has(child.dataset.key)) child.remove();
  const before = new Map([...parent.children].map(child => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const key = String(keyOf(item));
    const child = before.get(key) || make(item);
    child.dataset.key = key;
    update(child, item);
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] || null);
  });
}

function pairs(list, values) {
  keyed(list, values.filter(([, value]) => value !== undefined && value !== null && value !== ''), ([name]) => name, ([name]) => {
    const group = element('div');
    group.append(element('dt', name), element('dd'));
    return group;
  }, (group, [, value, tone]) => {
    write(group.lastChild, String(value));
    group.lastChild.className = tone || '';
  });
}

function row(labels) {
  const tr = element('tr', undefined, { role: 'row' });
  for (const label of labels) {
    const td = element('td', undefined, { role: 'cell', 'data-label': label });
    td.append(element('span'));
    tr.append(td);
  }
  return tr;
}

function cell(tr, place, text, tone) {
  const span = tr.children[place].firstChild;
  write(span, text);
  span.className = tone || '';
}

// ---- words

function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return seconds + ' s';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min';
  if (seconds < 172800) return Math.floor(seconds / 3600) + ' h';
  return Math.floor(seconds / 86400) + ' d';
}

const now = () => Date.now() + skew;
const age = time => time ? span(now() - Date.parse(time)) : '';
const until = time => !time ? '' : Date.parse(time) <= now() ? 'now' : 'in ' + span(Date.parse(time) - now());
const clock = time => !time ? '' : isNaN(Date.parse(time)) ? time : new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const shortApi = api => (api || '').replace(/^.*\//, '') || 'tracked';
const which = job => job.id + (job.outcome || ''); // which outcome of which job
const named = job => job.reference || job.jobId || job.id;
const sinkOf = d => d.sink + (d.outcome ? ' (second outcome)' : '');
const delivered = deliveries => deliveries.map(d => sinkOf(d) + ' ' + d.status + (d.status !== 'Delivered' && d.attempts ? ' (' + d.attempts + ')' : '')).join(', ');
const worst = deliveries => ['Dead', 'Pending', 'Delivered'].find(status => deliveries.some(d => d.status === status));

// ---- where we are: #/?status=&reference=&after= or #/jobs/{id}

function place() {
  const hash = location.hash.startsWith('#/') ? location.hash.slice(1) : '/';
  const job = /^\/jobs\/([^?]+)/.exec(hash);
  const query = new URLSearchParams(hash.split('?').slice(1).join('?'));
  return job ? { job: decodeURIComponent(job[1]) } : { query };
}

function listHash(changes) {
  const query = new URLSearchParams();
  const all = { ...Object.fromEntries(place().query || []), ...changes };
  for (const name of ['status', 'reference', 'after']) if (all[name]) query.set(name, all[name]);
  return '#/' + (String(query) ? '?' + query : '');
}

// ---- the views

function overview(o) {
  skew = Date.parse(o.time) - Date.now();
  paused = o.paused;
  at('pause').hidden = false;
  write(at('pause'), paused ? 'Resume submits' : 'Pause submits');
  keyed(at('counts'), Object.entries(o.jobs), ([status]) => status, ([status]) => {
    const link = element('a', undefined, { href: '#/?status=' + status });
    link.append(element('b'), ' ', element('span', status, { class: tones[status] }));
    const item = element('li');
    item.append(link);
    return item;
  }, (item, [, count]) => write(item.firstChild.firstChild, String(count)));
  const dead = o.sinks.reduce((sum, sink) => sum + sink.dead, 0);
  pairs(at('gauges'), [
    ['Results at risk', o.resultsAtRisk, o.resultsAtRisk ? 'bad' : ''],
    ['In doubt', o.inDoubt, o.inDoubt ? 'warn' : ''],
    ['Dead deliveries', dead, dead ? 'bad' : ''],
    ['Budget left this minute', o.budgetRemaining === undefined ? undefined : o.budgetRemaining + ' of ' + o.budget],
    ['Submits', paused ? 'paused' : undefined, 'warn'],
    ['Paused by the API', o.pausedUntil && 'until ' + clock(o.pausedUntil), 'warn'],
    ['Oldest open job', o.oldestOpenJobSeconds === undefined ? undefined : span(o.oldestOpenJobSeconds * 1000)],
    ['Time to loss', o.timeToLossSeconds === undefined ? undefined : span(o.timeToLossSeconds * 1000)],
    ['Health', o.health, o.health === 'UP' ? 'good' : 'bad']]);
  keyed(at('details'), o.details, detail => detail.check, () => element('li'), (item, detail) => write(item, detail.check + ': ' + detail.message));
  keyed(at('sinks'), o.sinks.filter(sink => sink.dead), sink => sink.sink, sink => {
    const item = element('li');
    const button = element('button', 'Deliver everything Dead of ' + sink.sink + ' again', { type: 'button' });
    button.addEventListener('click', () => act('redeliver?status=Dead&sink=' + encodeURIComponent(sink.sink), answer => answer.count + ' deliveries of ' + sink.sink + ' are tried again.'));
    item.append(element('span'), button);
    return item;
  }, (item, sink) => write(item.firstChild, sink.sink + ': ' + sink.dead + ' Dead'));
}

function list(page, query) {
  document.title = 'Jobs - AI Job Relay';
  if (document.activeElement !== at('status')) at('status').value = query.get('status') || '';
  if (document.activeElement !== at('reference')) at('reference').value = query.get('reference') || '';
  const labels = ['Reference', 'Status', 'API', 'Age', 'Received via', 'Next poll', 'Deliveries'];
  keyed(at('jobs'), page.jobs, job => job.id, job => {
    const tr = row(labels);
    tr.firstChild.replaceChildren(element('a', named(job), { href: '#/jobs/' + encodeURIComponent(job.id) }));
    return tr;
  }, (tr, job) => {
    write(tr.firstChild.firstChild, named(job));
    cell(tr, 1, job.status, tones[job.status]);
    cell(tr, 2, shortApi(job.api));
    cell(tr, 3, age(job.submittedAt));
    cell(tr, 4, job.receivedVia || '');
    cell(tr, 5, until(job.nextPollAt));
    cell(tr, 6, delivered(job.deliveries), tones[worst(job.deliveries)]);
    const before = seen.get(job.id);
    tr.className = before && before !== job.status ? 'changed' : '';
  });
  const changed = page.jobs.filter(job => seen.has(job.id) && seen.get(job.id) !== job.status);
  if (changed.length) say(changed.length > 3 ? changed.length + ' jobs changed.' : changed.map(job => named(job) + ' is ' + job.status + '.').join(' '));
  seen = new Map(page.jobs.map(job => [job.id, job.status]));
  at('none').hidden = page.jobs.length > 0;
  at('newest').hidden = !query.get('after');
  at('newest').setAttribute('href', listHash({ after: '' }));
  at('older').hidden = !page.next;
  at('older').setAttribute('href', listHash({ after: page.next }));
}

function jobFacts(job, timeline) {
  document.title = named(job) + ' - AI Job Relay';
  write(at('job-title'), named(job));
  write(at('now'), timeline.now);
  at('poll').hidden = job.status !== 'InProgress' || !job.jobId;
  at('cancel').hidden = !['Queued', 'InProgress'].includes(job.status);
  at('redeliver').hidden = ['Queued', 'InProgress'].includes(job.status);
  at('resubmit').hidden = !['Fail', 'Expired'].includes(job.status);
  pairs(at('facts'), [['Status', job.status, tones[job.status]], ['API', job.api || 'submitted by something else'], ['Received via', job.receivedVia],
    ['Outcome', job.outcome && 'the second: the relay had given it up as Expired', 'warn'],
    ['Accepted', clock(job.submittedAt)], ['Age', age(job.submittedAt)], ['Submits sent', job.attempts], ['Next poll', until(job.nextPollAt)],
    ['Expires', clock(job.expirationTime)], ['Completed', clock(job.completionTime)], ['Last error', job.lastError, 'bad'], ['Id', job.id], ['jobId of the API', job.jobId],
    ['Like job', job.resubmitOf]]);
  keyed(at('deliveries'), job.deliveries, sinkOf, () => row(['Sink', 'Status', 'Attempts', 'Next attempt', 'Last error']), (tr, d) => {
    cell(tr, 0, sinkOf(d));
    cell(tr, 1, d.status, tones[d.status]);
    cell(tr, 2, String(d.attempts));
    cell(tr, 3, until(d.nextAttemptAt));
    cell(tr, 4, d.lastError || '');
  });
  keyed(at('timeline'), timeline.events.map((event, n) => ({ ...event, n })), event => event.n, () => {
    const item = element('li');
    item.append(element('time'), element('b'), element('span'));
    return item;
  }, (item, event) => {
    item.children[0].setAttribute('datetime', event.at);
    write(item.children[0], clock(event.at));
    write(item.children[1], event.sink ? event.what + ' to ' + event.sink : event.what);
    write(item.children[2], event.detail);
  });
  const before = seen.get(job.id);
  if (before && before !== job.status) say(named(job) + ' is ' + job.status + '.');
  seen.set(job.id, job.status);
}

async function outcome(job, mine) {
  const ended = !['Queued', 'InProgress'].includes(job.status);
  if (!ended || outcomeOf === which(job)) {
    at('outcome-part').hidden = !ended;
    return;
  }
  const answer = await ask('jobs/' + encodeURIComponent(job.id) + '/outcome');
  if (mine !== turn) return;
  outcomeOf = which(job);
  write(at('outcome-note'), (answer.truncated ? 'The beginning of ' : 'All ') + answer.size + ' bytes. What looks like a secret is masked as ***; the result itself: GET /jobs/' + job.id + '/result');
  write(at('outcome'), answer.outcome);
  at('outcome-part').hidden = false;
}

// ---- what goes on

function focusOn(view) {
  if (moved) at(view + '-title').focus();
  moved = false;
}

async function look() {
  clearTimeout(timer);
  const mine = ++turn;
  const here = place();
  try {
    if (here.job) {
      const path = 'jobs/' + encodeURIComponent(here.job);
      const [o, job, timeline] = await Promise.all([ask('overview'), ask(path), ask(path + '/timeline')]);
      if (mine !== turn) return;
      overview(o);
      jobFacts(job, timeline);
      if (outcomeOf !== which(job)) at('outcome-part').hidden = true;
      show('job');
      focusOn('job');
      await outcome(job, mine);
    } else {
      const query = new URLSearchParams(here.query);
      for (const [name, value] of [...query]) if (!value || !['status', 'reference', 'after'].includes(name)) query.delete(name);
      const [o, page] = await Promise.all([ask('overview'), ask('jobs?' + query)]);
      if (mine !== turn) return;
      overview(o);
      list(page, query);
      show('overview', 'list');
      focusOn('list');
    }
    at('forget').hidden = !sessionStorage.getItem(KEY);
    write(at('updated'), 'Live, as of ' + new Date().toLocaleTimeString());
    trouble('');
  } catch (failure) {
    if (mine !== turn) return;
    if (failure.status === 401) {
      askForKey();
      return;
    }
    trouble(failure instanceof Refused ? failure.message : 'The relay does not answer. Trying again.');
    write(at('updated'), 'Not up to date');
  }
  if (mine === turn && !document.hidden) timer = setTimeout(look, EVERY);
}

function askForKey() {
  const tried = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  at('pause').hidden = true;
  at('forget').hidden = true;
  write(at('updated'), 'Not signed in');
  trouble(tried ? 'This is not the key.' : '');
  document.title = 'Admin key - AI Job Relay';
  show('key');
  at('key').focus();
}

async function act(path, told) {
  try {
    const answer = await ask(path, 'POST');
    trouble('');
    say(told(answer));
    await look();
    return answer;
  } catch (failure) {
    if (failure.status === 401) {
      askForKey();
    } else {
      trouble(failure instanceof Refused ? failure.message : 'The relay does not answer: it may or may not have been done.');
    }
    return null;
  }
}

const onJob = (what, told) => act('jobs/' + encodeURIComponent(place().job) + '/' + what, told);

at('key-form').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem(KEY, at('key').value);
  at('key').value = '';
  moved = true;
  look();
});
at('filter').addEventListener('submit', event => {
  event.preventDefault();
  const wanted = listHash({ status: at('status').value, reference: at('reference').value, after: '' });
  if (wanted === location.hash) look();
  else location.hash = wanted;
});
at('pause').addEventListener('click', () => act(paused ? 'resume' : 'pause', answer => answer.paused ? 'Submits are paused.' : 'Submits go on.'));
at('forget').addEventListener('click', () => {
  sessionStorage.clear();
  turn++;
  clearTimeout(timer);
  for (const id of ['jobs', 'counts', 'gauges', 'details', 'sinks', 'facts', 'deliveries', 'timeline', 'outcome']) at(id).replaceChildren();
  outcomeOf = '';
  askForKey();
});
at('poll').addEventListener('click', () => onJob('poll', () => 'The job is polled at once.'));
at('redeliver').addEventListener('click', () => onJob('redeliver', () => 'The outcome goes to every sink again.'));
at('resubmit').addEventListener('click', async () => {
  const made = await onJob('resubmit', () => 'A new job was made like this one.');
  if (made) location.hash = '#/jobs/' + encodeURIComponent(made.id);
});
at('cancel').addEventListener('click', () => at('sure').showModal());
at('sure-no').addEventListener('click', () => at('sure').close());
at('sure-yes').addEventListener('click', () => {
  at('sure').close();
  onJob('cancel', () => 'The job is cancelled.');
});
at('skip').addEventListener('click', event => {
  event.preventDefault();
  at('main').focus();
});
addEventListener('hashchange', () => {
  moved = true;
  at('sure').close();
  look();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && at('key-view').hidden) look();
});
look();
