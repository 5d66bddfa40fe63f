/**
 * One live connection to an Orrery gateway, over the Centrifuge client protocol in its JSON form.
 *
 * A subscription hands its owner the whole state first and after a gap, then every difference in order. When the
 * connection is lost it comes back by itself, and each subscription continues after the last offset it saw.
 */
import { updateInFrame } from './frames.js';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CLOCK_ROUNDS = 8;

/** Milliseconds since 1970 with a fraction, on this machine's clock; never goes back while the page is open. */
export const now = () => performance.timeOrigin + performance.now();

export class Live extends EventTarget {
  #url;
  #socket = null;
  #ready = false;
  #lastId = 0;
  #waiting = new Map();
  #unsent = [];
  #subscriptions = new Map();
  #silence = null;
  #heardAt = 0;
  #retry = null;
  #ahead = NaN;

  /** `connecting`, `live`, `catching-up`, `reconnecting` or `refused`; a `state` event says when anything below changes. */
  state = 'connecting';
  /** Failed attempts since the connection was lost, or since the page was opened. */
  attempt = 0;
  /** When the next attempt begins, on this machine's clock; null while one is under way. */
  retryAt = null;
  /** Why the server wants nothing to do with this page. */
  refusal = '';
  /** When the newest message came, on this machine's clock. */
  receivedAt = null;
  /** Whether the server no longer kept what a subscription missed, so that it began anew. */
  beganAnew = false;
  transport = 'WebSocket';

  constructor(url) {
    super();
    this.#url = url;
    this.#open();
  }

  /** Whether calls reach the server. */
  get online() {
    return this.#ready;
  }

  /** This moment on the server's clock, or NaN while the clocks are not aligned. */
  serverNow() {
    return now() + this.#ahead;
  }

  /** A moment of this page's `performance` clock, on the server's clock; NaN while they are not aligned. */
  onServer(stamp) {
    return performance.timeOrigin + stamp + this.#ahead;
  }

  /**
   * Follows a channel: `whole(state)` first and after a gap, then `delta(change)`; returns what ends it.
   *
   * @param part which part of a channel that has parts; asked for again, as it is then, after the connection was lost
   */
  subscribe(channel, { whole, delta, refused = () => {} }, part = undefined) {
    if (this.#subscriptions.has(channel)) throw new Error(`${channel} is followed already; share what follows it`);
    const subscription = { channel, whole, delta, refused, part, epoch: null, offset: 0, isJoined: false };
    this.#subscriptions.set(channel, subscription);
    if (this.#ready) this.#join(subscription);
    return () => {
      if (this.#subscriptions.get(channel) !== subscription) return;
      this.#subscriptions.delete(channel);
      if (this.#ready) this.#request({ unsubscribe: { channel } }).catch(() => {});
    };
  }

  /** Goes on with another part of a channel that is followed: the members given change, the others stay. */
  async look(channel, change) {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription) return;
    subscription.part = { ...subscription.part, ...change };
    if (subscription.isJoined) await this.rpc('channel.change', { channel, part: change });
  }

  /** Calls a method of the server; rejects with its one-line answer when it refuses. */
  async rpc(method, data = null) {
    const reply = await this.#request({ rpc: { method, data } });
    return reply.rpc.data;
  }

  /** Tries at once instead of waiting for the next attempt. */
  reconnect() {
    if (this.#socket || this.state === 'refused') return;
    clearTimeout(this.#retry);
    this.#open();
  }

  #say(state) {
    this.state = state;
    this.dispatchEvent(new Event('state'));
  }

  #open() {
    this.retryAt = null;
    this.#say(this.state);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#listen(CONNECT_TIMEOUT_MS);
    socket.onopen = () => this.#begin(socket);
    socket.onmessage = ({ data }) => {
      this.#heardAt = performance.now();
      for (const line of data.split('\n')) if (line) this.#receive(JSON.parse(line));
    };
    socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
  }

  async #begin(socket) {
    try {
      const { connect } = await this.#request({ connect: { name: 'page' } }, true);
      this.#ready = true;
      this.pingMillis = (connect.ping ?? 25) * 1_000;
      this.answersPings = connect.pong ?? false;
      this.#listen(this.pingMillis * 2);
      await this.#resume();
      if (socket === this.#socket) this.#alignClocks();
    } catch {
      socket.close();
    }
  }

  async #resume() {
    const returns = this.state === 'reconnecting';
    this.attempt = 0;
    this.beganAnew = false;
    this.#say(returns ? 'catching-up' : 'live');
    await Promise.all([...this.#subscriptions.values()].map(subscription => this.#join(subscription)));
    if (returns && this.#ready) this.#say('live');
  }

  /** The smallest of some round trips says best how far the server's clock is ahead of ours. */
  async #alignClocks() {
    let smallest = Infinity;
    try {
      for (let round = 0; round < CLOCK_ROUNDS; round++) {
        const sent = now();
        const { now: server } = await this.rpc('engine.clock');
        const received = now();
        if (received - sent < smallest) {
          smallest = received - sent;
          this.#ahead = server - (sent + received) / 2;
        }
      }
    } catch {
      // not aligned: what needs the server's clock shows nothing
    }
  }

  /** Gives the connection up once nothing has been heard for so long; one timer, however many messages come. */
  #listen(limitMillis, wait = limitMillis) {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      const left = this.#heardAt + limitMillis - performance.now();
      if (left > 0) this.#listen(limitMillis, left);
      else this.#lost(this.#socket, 0, 'no answer');
    }, wait);
  }

  #lost(socket, code, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#ready = false;
    this.#unsent = [];
    clearTimeout(this.#silence);
    socket.close();
    for (const subscription of this.#subscriptions.values()) subscription.isJoined = false;
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of unanswered) failed(new Error('the connection was lost'));
    if (code >= 3500 && code < 4000) {
      this.refusal = reason;
      this.#say('refused');
      return;
    }
    const most = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.attempt++);
    const delay = most / 2 + Math.random() * most / 2;
    this.retryAt = now() + delay;
    this.#retry = setTimeout(() => this.#open(), delay);
    this.#say(this.state === 'connecting' ? 'connecting' : 'reconnecting');
  }

  #request(command, whileConnecting = false) {
    if (!whileConnecting && !this.#ready) return Promise.reject(new Error('not connected'));
    return new Promise((done, failed) => this.#ask(command, done, failed));
  }

  /**
   * Sends a command; its answer is taken before the message that follows it. Commands of one turn go out as one frame, so
   * that fifty subscriptions are one batch.
   */
  #ask(command, done, failed) {
    const id = ++this.#lastId;
    this.#waiting.set(id, { done, failed });
    if (this.#unsent.push(JSON.stringify({ id, ...command })) === 1) queueMicrotask(() => this.#flush());
  }

  #flush() {
    if (this.#socket && this.#unsent.length) this.#socket.send(this.#unsent.join('\n'));
    this.#unsent = [];
  }

  #receive(reply) {
    if (reply.id) {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.error) waiting?.failed(new Error(reply.error.message));
      else waiting?.done(reply);
    } else if (reply.push) {
      this.receivedAt = now();
      this.#pushed(reply.push);
    } else if (this.answersPings) {
      this.#socket.send('{}');
    }
  }

  #pushed({ channel, pub, unsubscribe }) {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription?.isJoined) return; // what was on its way when the subscription was ended and begun again
    if (pub) {
      this.#advance(subscription, pub);
    } else if (unsubscribe && unsubscribe.code >= 2500) {
      subscription.isJoined = false;
      this.#join(subscription);
    } else if (unsubscribe) {
      this.#subscriptions.delete(channel);
      subscription.refused(unsubscribe.reason);
    }
  }

  #advance(subscription, pub) {
    if (subscription.offset && pub.offset <= subscription.offset) return;
    subscription.offset = pub.offset ?? subscription.offset;
    subscription.delta(pub.data);
  }

  /** Ends, also when the server refuses, once the subscription stands where the server does. */
  #join(subscription) {
    const { channel, part, epoch, offset } = subscription;
    const position = epoch === null ? {} : { recover: true, epoch, offset };
    return new Promise(joined => this.#ask(
      { subscribe: { channel, data: part, ...position } },
      ({ subscribe }) => {
        if (this.#subscriptions.get(channel) === subscription) this.#begun(subscription, subscribe);
        joined();
      },
      error => {
        if (this.#ready && this.#subscriptions.get(channel) === subscription) subscription.refused(error.message);
        joined();
      }));
  }

  #begun(subscription, { recovered, epoch = '', offset = 0, data, publications = [] }) {
    this.receivedAt = now();
    subscription.isJoined = true;
    if (!recovered && data !== undefined) {
      if (subscription.epoch !== null && !subscription.part) this.beganAnew = true; // a part is always told whole
      subscription.offset = offset;
      subscription.whole(data);
    }
    subscription.epoch = epoch;
    for (const pub of publications) this.#advance(subscription, pub);
  }
}

/**
 * A controller that follows a channel of its host's `live` as long as the host is on the page.
 *
 * What comes is merged into the host's data as it comes, so nothing piles up; the host is updated in the next frame.
 */
export class Follow {
  #host;
  #channel;
  #take;
  #stop = null;

  constructor(host, channel, { whole, delta = whole, refused = () => {} }) {
    this.#host = host;
    this.#channel = channel;
    this.#take = { whole: this.#then(whole), delta: this.#then(delta), refused: this.#then(refused) };
    host.addController(this);
  }

  hostConnected() {
    this.#start();
  }

  hostUpdate() {
    if (this.#host.isConnected) this.#start();
  }

  hostDisconnected() {
    this.#stop?.();
    this.#stop = null;
  }

  #start() {
    if (!this.#stop && this.#host.live) this.#stop = this.#host.live.subscribe(this.#channel, this.#take);
  }

  #then(take) {
    return data => {
      take(data);
      updateInFrame(this.#host);
    };
  }
}

/** The rows of a window after patches: what a page that only applies patches shows equals what a fresh one loads. */
export function patched(rows, patches) {
  const next = rows.slice();
  for (const [operation, patch] of patches.flatMap(Object.entries)) {
    switch (operation) {
      case 'Insert': next.splice(patch.index, 0, patch.row); break;
      case 'Update': next[patch.index] = patch.row; break;
      case 'Move': next.splice(patch.to, 0, ...next.splice(patch.from, 1)); break;
      case 'Remove': next.splice(patch.index, 1); break;
    }
  }
  return next;
}
